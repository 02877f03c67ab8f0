% rebase('layout.tpl', title='Demo phone')
<p>The phones of the demo users: what their authenticator apps show, and what waits for their answer. For local use only.</p>
<h2>Waiting for an answer</h2>
% if not pushes:
<p>Nothing waits.</p>
% end
% for push in pushes:
<div class="push" role="group" aria-label="Request for {{push['email']}}">
<p><strong>{{push['client']}}</strong> wants to sign in <strong>{{push['email']}}</strong> from {{push['address']}}.</p>
<form method="post" action="/phone/{{push['id']}}">
<input type="hidden" name="state" value="{{state}}">
<button type="submit" name="answer" value="allow" aria-label="Allow {{push['email']}}">Allow</button>
<button type="submit" name="answer" value="deny" class="plain" aria-label="Deny {{push['email']}}">Deny</button>
</form>
</div>
% end
<h2>Authenticator codes</h2>
<div class="scroll" role="region" aria-label="Authenticator codes" tabindex="0">
<table>
<thead><tr><th scope="col">User</th><th scope="col">Code now</th><th scope="col">Next code</th></tr></thead>
<tbody>
% for row in codes:
<tr><th scope="row">{{row['email']}}</th><td><code class="otp" data-user="{{row['email']}}">{{row['code']}}</code></td><td><code>{{row['next']}}</code></td></tr>
% end
</tbody>
</table>
</div>
<p>A code works once; when it was used already, take the next one.</p>
