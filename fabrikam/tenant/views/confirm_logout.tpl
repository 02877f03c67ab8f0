% rebase('layout.tpl', title='Sign out?')
<p>{{what}}</p>
<form method="post" action="/oidc/logout">
% for name, value in fields:
<input type="hidden" name="{{name}}" value="{{value}}">
% end
<button type="submit" name="action" value="default">Sign out</button>
</form>
<p class="hint">To stay signed in, close this page.</p>
