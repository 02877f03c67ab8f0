% # Who is signed in, and what the tenant vouched for. Given: level, level_reason, claims (name, value, meaning).
% rebase('layout.tpl', title='Profile')
<header class="page-head">
  <h1>{{visitor.name}}</h1>
  <p class="lead">{{visitor.email}}</p>
</header>
<section class="card level" aria-labelledby="level-title">
  <div class="level-text">
    <h2 id="level-title">Your level</h2>
    <p class="level-words">{{level}}</p>
    <p>{{level_reason}}</p>
% if not visitor.second_factor:
    <p><a class="button" href="/login/mfa?return_to=/profile">Prove a second factor</a></p>
% end
  </div>
% include('_stairs.tpl', password=True, second_factor=visitor.second_factor)
</section>
<section class="card" aria-labelledby="claims-title">
  <h2 id="claims-title">What your ID token says</h2>
  <p>These claims came from the tenant, and their signature was checked.</p>
  <table class="claims" role="table">
    <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Claim</th><th role="columnheader" scope="col">Value</th><th role="columnheader" scope="col">Meaning</th></tr></thead>
    <tbody role="rowgroup">
% for name, value, meaning in claims:
      <tr role="row"><th role="rowheader" scope="row"><code>{{name}}</code></th><td role="cell"><code>{{value}}</code></td><td role="cell">{{meaning}}</td></tr>
% end
    </tbody>
  </table>
</section>
