% # The strategies side by side. Given: rows, each with name, asks, reads, verdict, shortfalls (of words), in_use, shadow.
% rebase('layout.tpl', title='Compare')
<header class="page-head">
  <h1>Compare the strategies</h1>
  <p class="lead">How each strategy asks for a second factor, where it reads the answer, and what it would say to your sign-in as it is now.</p>
</header>
<div class="strategies">
% for row in rows:
  <section class="card strategy {{'strategy-in-use' if row.in_use else ''}}" aria-labelledby="strategy-{{row.name}}">
    <h2 id="strategy-{{row.name}}">{{row.name}}
% if row.in_use:
      <span class="tag tag-use">in use</span>
% end
% if row.shadow:
      <span class="tag tag-shadow">shadow</span>
% end
    </h2>
    <dl class="facts">
      <div><dt>Asks with</dt><dd><code>{{row.asks}}</code></dd></div>
      <div><dt>Reads</dt><dd><code>{{row.reads}}</code></dd></div>
    </dl>
    <div class="verdict {{'verdict-no' if row.shortfalls else 'verdict-yes'}}">
      <p><strong>{{row.verdict}}</strong></p>
% if row.shortfalls:
      <ul>
% for shortfall in row.shortfalls:
        <li>{{shortfall}}</li>
% end
      </ul>
% end
    </div>
  </section>
% end
</div>
<p class="quiet-text">The strategy in use decides. A shadow only watches: it never lets anybody in and never keeps anybody out. Set them with <code>STEP_UP_STRATEGY</code> and <code>STEP_UP_SHADOW</code>.</p>
