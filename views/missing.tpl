% # No such page. Given: nothing but the frame's own.
% rebase('layout.tpl', title='Page not found')
<section class="sheet">
  <p class="eyebrow">Not found</p>
  <h1>There is no such page</h1>
  <p class="lead">Nothing of ours is at <code>{{path}}</code>. Perhaps the address was mistyped, or the page has moved.</p>
  <h2>What to do next</h2>
  <ul class="next-steps">
    <li><a class="button" href="/customers">Look for a customer</a></li>
    <li><a href="/employees">Look for an employee</a></li>
    <li><a href="/">Go to the start page</a></li>
  </ul>
</section>
