% rebase('layout.tpl', title=title)
% include('who.tpl', username=username, client_name=client_name)
<p>{{what}}</p>
% if problem:
<p class="problem" role="alert" id="problem">{{problem}}</p>
% end
<form method="post" action="{{action}}">
<input type="hidden" name="state" value="{{state}}">
<div class="field">
<label for="code">{{label}}</label>
<input id="code" name="code" type="text" class="code" autocomplete="{{autocomplete}}" inputmode="{{inputmode}}" autocapitalize="characters" spellcheck="false" maxlength="40" required\\
% if problem:
 aria-describedby="problem" aria-invalid="true"\\
% end
 autofocus>
</div>
% include('remember.tpl', remember=remember, ticked=False)
<button type="submit" name="action" value="default">Continue</button>
</form>
% if phone:
<p class="hint">No phone at hand? Take the code from the <a href="/phone" target="_blank" rel="noopener">demo phone</a>, which opens in another tab.</p>
% end
% include('others.tpl', others=others, state=state)
% include('cancel.tpl', state=state)
