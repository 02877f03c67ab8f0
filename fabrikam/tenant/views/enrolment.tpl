% rebase('layout.tpl', title=title)
<p>{{what}}</p>
% if problem:
<p class="problem" role="alert" id="problem">{{problem}}</p>
% end
<ol class="steps">
<li>Scan this code with your authenticator app:
<p><img class="qr" src="{{qr}}" alt="QR code for your authenticator app; the same secret stands below as text"></p></li>
<li>Or type the secret by hand:
<p><code class="secret" id="secret">{{secret}}</code></p></li>
<li>{{finally_}}</li>
</ol>
<form method="post" action="{{action}}">
<input type="hidden" name="state" value="{{state}}">
<label for="code">Six-digit code</label>
<input id="code" name="code" type="text" autocomplete="one-time-code" inputmode="numeric" spellcheck="false" maxlength="12" required\\
% if problem:
 aria-describedby="problem"\\
% end
>
% if remember:
<p class="check"><input type="checkbox" id="rememberBrowser" name="rememberBrowser" value="true"> <label for="rememberBrowser">Remember this browser for 30 days</label></p>
% end
<button type="submit" name="action" value="default">Continue</button>
</form>
% include('others.tpl', others=others, state=state)
% include('cancel.tpl', state=state)
