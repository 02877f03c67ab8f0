% rebase('layout.tpl', title='Sign in')
<p class="who">to go on to <strong>{{client_name}}</strong></p>
% if problem:
<p class="problem" role="alert" id="problem">{{problem}}</p>
% end
<form method="post" action="/u/login">
<input type="hidden" name="state" value="{{state}}">
<div class="field">
<label for="username">Email address</label>
<input id="username" name="username" type="email" value="{{username}}" autocomplete="username" autocapitalize="none" spellcheck="false" required\\
% if problem:
 aria-describedby="problem" aria-invalid="true"\\
% end
% if not username:
 autofocus\\
% end
>
</div>
<div class="field">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required\\
% if problem:
 aria-describedby="problem" aria-invalid="true"\\
% end
% if username:
 autofocus\\
% end
>
</div>
<button type="submit" name="action" value="default">Continue</button>
</form>
% if demo_users:
<details><summary>Demo users</summary>
<p>The password of each is <code>fabrikam</code>.</p>
<ul class="users">
% for email, what in demo_users:
<li><code>{{email}}</code> <span>{{what}}</span></li>
% end
</ul>
</details>
% end
% include('cancel.tpl', state=state)
