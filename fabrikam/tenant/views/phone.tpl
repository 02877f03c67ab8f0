% rebase('layout.tpl', title='Demo phone', wide=True)
<p>The phones of the demo users: what waits for their answer, and what their authenticator apps show. For local use only.</p>
<h2>Waiting for an answer</h2>
<p id="count" role="status">{{'Nothing waits.' if not pushes else '1 request waits.' if len(pushes) == 1 else f'{len(pushes)} requests wait.'}}</p>
<div id="waiting">
% for push in pushes:
<div class="push" role="group" aria-label="Request for {{push['email']}} at {{push['at']}}">
<p><strong>{{push['client']}}</strong> wants to sign in <strong>{{push['email']}}</strong> from {{push['address']}}, since <time>{{push['at']}}</time>.</p>
<form method="post" action="/phone/{{push['id']}}" class="pair">
<input type="hidden" name="state" value="{{state}}">
<button type="submit" name="answer" value="allow" aria-label="Allow {{push['email']}}, {{push['at']}}">Allow</button>
<button type="submit" name="answer" value="deny" class="plain" aria-label="Deny {{push['email']}}, {{push['at']}}">Deny</button>
</form>
</div>
% end
</div>
<h2>Authenticator codes</h2>
<ul class="codes" id="codes">
% for row in codes:
<li>
<span class="user">{{row['email']}}\\
% if row['note']:
 <span class="note">{{row['note']}}</span>\\
% end
</span>
<span class="now"><code class="otp" data-user="{{row['email']}}">{{row['code']}}</code> <span class="next">then <code>{{row['next']}}</code></span></span>
</li>
% end
</ul>
<p class="hint">A code works once and changes every 30 seconds. If it was used already, type the one behind it.</p>
<noscript><p>The page shows what there was when it was opened. <a href="/phone">Look again</a></p></noscript>
<script>{{!script}}</script>
