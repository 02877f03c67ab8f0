% # For applications without a page of their own for this.
% rebase('plain.tpl', title='Sign out')
<h1>Sign out?</h1>
<form method="post" action="/logout">
  <input type="hidden" name="csrf" value="{{csrf}}">
  <button type="submit">Sign out</button> <a href="/">Stay signed in</a>
</form>
