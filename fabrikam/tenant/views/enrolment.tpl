% rebase('layout.tpl', title=title)
% include('who.tpl', username=username, client_name=client_name)
<p>{{client_name}} asks for more than your password here. {{what}}</p>
% if problem:
<p class="problem" role="alert" id="problem">{{problem}}</p>
% end
<form method="post" action="{{action}}">
<input type="hidden" name="state" value="{{state}}">
<ol class="steps">
<li>
<p>{{scan}}</p>
<p><img class="qr" src="{{qr}}" alt="QR code for the app; the same secret stands below as text" width="192" height="192"></p>
<p>Or type this secret into the app<span class="touch">, or <a href="{{uri}}">open the app on this device</a></span>:</p>
<p class="box"><code class="secret" data-secret="{{secret}}" id="secret">\\
% for four in fours:
<span>{{four}}</span>\\
% end
</code></p>
</li>
<li>
<div class="field">
<label for="code">Type the six-digit code that the app shows now</label>
<input id="code" name="code" type="text" class="code" autocomplete="one-time-code" inputmode="numeric" spellcheck="false" maxlength="12" required\\
% if problem:
 aria-describedby="problem" aria-invalid="true" autofocus\\
% end
>
</div>
</li>
</ol>
% include('remember.tpl', remember=remember, ticked=False)
<button type="submit" name="action" value="default">Continue</button>
</form>
% if phone:
<p class="hint">No app at hand? The <a href="/phone" target="_blank" rel="noopener">demo phone</a>, which opens in another tab, has scanned this already and shows its code.</p>
% end
% include('others.tpl', others=others, state=state)
% include('cancel.tpl', state=state)
