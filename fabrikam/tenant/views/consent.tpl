% rebase('layout.tpl', title='Allow access?')
<p><strong>{{client_name}}</strong> asks for access to your account <strong>{{username}}</strong>:</p>
<ul class="scopes">
% for scope in scopes:
<li><code>{{scope}}</code></li>
% end
</ul>
<form method="post" action="/u/consent">
<input type="hidden" name="state" value="{{state}}">
<button type="submit" name="action" value="accept">Accept</button>
<button type="submit" name="action" value="deny" class="plain">Decline</button>
</form>
