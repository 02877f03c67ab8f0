% rebase('layout.tpl', title='Sign in')
<p>to continue to <strong>{{client_name}}</strong></p>
% if problem:
<p class="problem" role="alert" id="problem">{{problem}}</p>
% end
<form method="post" action="/u/login">
<input type="hidden" name="state" value="{{state}}">
<label for="username">Email address</label>
<input id="username" name="username" type="email" value="{{username}}" autocomplete="username" autocapitalize="none" spellcheck="false" required\\
% if problem:
 aria-describedby="problem"\\
% end
% if not username:
 autofocus\\
% end
>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required\\
% if problem:
 aria-describedby="problem"\\
% end
% if username:
 autofocus\\
% end
>
<button type="submit" name="action" value="default">Continue</button>
</form>
% if demo_users:
<details class="hint"><summary>Demo users</summary>
<p>The password of each is <code>fabrikam</code>.</p>
<ul>
% for email, what in demo_users:
<li><code>{{email}}</code> {{what}}</li>
% end
</ul>
</details>
% end
% include('cancel.tpl', state=state)
