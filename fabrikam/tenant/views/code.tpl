% rebase('layout.tpl', title=title)
<p>{{what}}</p>
% if problem:
<p class="problem" role="alert" id="problem">{{problem}}</p>
% end
<form method="post" action="{{action}}">
<input type="hidden" name="state" value="{{state}}">
<label for="code">{{label}}</label>
<input id="code" name="code" type="text" autocomplete="{{autocomplete}}" inputmode="{{inputmode}}" autocapitalize="characters" spellcheck="false" maxlength="40" required\\
% if problem:
 aria-describedby="problem"\\
% end
 autofocus>
% if remember:
<p class="check"><input type="checkbox" id="rememberBrowser" name="rememberBrowser" value="true"> <label for="rememberBrowser">Remember this browser for 30 days</label></p>
% end
<button type="submit" name="action" value="default">Continue</button>
</form>
% include('others.tpl', others=others, state=state)
% if phone:
<p class="hint">No phone at hand? <a href="/phone" target="_blank" rel="noopener">Open the demo phone</a> in another tab.</p>
% end
% include('cancel.tpl', state=state)
