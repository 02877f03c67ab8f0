% # For applications without a page of their own for this.
% rebase('plain.tpl', title='Page not found')
<h1>There is no such page</h1>
<p>Nothing is at <code>{{path}}</code>. <a href="/">Go to the start page</a>.</p>
