% rebase('layout.tpl', title='Local test tenant')
<p>This is an OpenID provider for tests, at <code>{{issuer}}</code>.</p>
<ul class="ways">
<li><a href="/.well-known/openid-configuration">Discovery document</a></li>
% if local:
<li><a href="/phone">Demo phone: codes and requests</a></li>
% end
</ul>
