% # The way through a long table. Given: page.
<nav class="pager" aria-label="Pages">
% if page.previous:
  <a class="button quiet" href="{{page.previous}}" rel="prev">Previous<span class="hidden"> page</span></a>
% end
  <p>Page {{page.number}} of {{page.pages}}</p>
% if page.next:
  <a class="button quiet" href="{{page.next}}" rel="next">Next<span class="hidden"> page</span></a>
% end
</nav>
