% # What this is, and what to click first. Given: nothing but the frame's own.
% rebase('layout.tpl', title='Start')
<div class="hero">
  <div class="hero-text">
    <h1><span>A password opens the door.</span> <span>A second factor opens the salaries.</span></h1>
    <p class="lead">This intranet shows step-up authentication: sign in once, and prove more only when you open something that deserves it.</p>
% if visitor:
    <p class="actions"><a class="button" href="/customers">Open the customers</a> <a href="/profile">See what your sign-in proved</a></p>
% else:
    <p class="actions"><a class="button" href="/login?return_to=/customers">Sign in and open the customers</a></p>
% end
  </div>
% include('_stairs.tpl', password=bool(visitor), second_factor=bool(visitor) and visitor.second_factor)
</div>
<ol class="tour">
  <li class="card">
    <h2><a href="/customers">Customers</a></h2>
% include('_badge.tpl', second_factor=False)
    <p>Two hundred companies. Signing in with your password is enough.</p>
  </li>
  <li class="card">
    <h2><a href="/employees">Employees</a></h2>
% include('_badge.tpl', second_factor=True)
    <p>Three hundred salaries. You are asked for a code from your phone first.</p>
  </li>
  <li class="card">
    <h2><a href="/compare">Compare</a></h2>
    <p><span class="tag tag-use">{{strategy}} in use</span></p>
    <p>The same promise kept by a Rule and by an Action: see how each asks, and what it reads.</p>
  </li>
</ol>
% if tenant_is_local:
<section class="card" aria-labelledby="demo-title">
  <h2 id="demo-title">Demo users</h2>
  <p>The password is <code>fabrikam</code> for each. Codes and push requests are on the <a href="{{tenant_url.rstrip('/')}}/phone">demo phone</a>.</p>
  <dl class="facts demo">
    <div><dt>otp@fabrikam.example</dt><dd>has an authenticator app: start with this one</dd></div>
    <div><dt>push@fabrikam.example</dt><dd>is asked on the phone: allow or deny</dd></div>
    <div><dt>new@fabrikam.example</dt><dd>has no second factor yet and sets one up on the way</dd></div>
    <div><dt>blocked@fabrikam.example</dt><dd>is refused by the tenant</dd></div>
  </dl>
</section>
% end
