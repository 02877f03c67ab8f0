% rebase('layout.tpl', title=words.title, reload=reload)
% include('who.tpl', username=username, client_name=client_name)
% if words.problem:
<p class="problem" role="alert">{{words.problem}}</p>
<p>{{words.todo}}</p>
% end
% if waits:
<p role="status">We sent a notification to your phone. Allow it there, and this page goes on by itself.</p>
<noscript>
% if reload:
<p>It looks every few seconds, for a minute.</p>
% else:
<p>Without scripts it does not: press the button once you have answered.</p>
% end
</noscript>
% end
<form method="post" action="/u/mfa-push-challenge-push">
<input type="hidden" name="state" value="{{state}}">
% if not waits:
<input type="hidden" name="again" value="true">
% end
% include('remember.tpl', remember=remember, ticked=ticked)
<button type="submit" name="action" value="default"\\
% if words.patience:
 class="plain"\\
% end
>{{words.button}}</button>
</form>
% if phone and waits:
<p class="hint">The notification is on the <a href="/phone" target="_blank" rel="noopener">demo phone</a>, which opens in another tab: allow or deny it there.</p>
% end
% include('others.tpl', others=others, state=state)
% include('cancel.tpl', state=state)
% if waits:
<script>{{!script}}</script>
% end
