% rebase('layout.tpl', title='Approve on your phone')
% if problem:
<p class="problem" role="alert">{{problem}}</p>
% end
% if refresh:
<p>We sent a notification to the app of <strong>{{username}}</strong>. Allow it there; this page goes on by itself.</p>
% end
<form method="post" action="/u/mfa-push-challenge-push">
<input type="hidden" name="state" value="{{state}}">
% if remember:
<p class="check"><input type="checkbox" id="rememberBrowser" name="rememberBrowser" value="true"> <label for="rememberBrowser">Remember this browser for 30 days</label></p>
% end
<button type="submit" name="action" value="default">{{button}}</button>
</form>
% include('others.tpl', others=others, state=state)
% if phone:
<p class="hint"><a href="/phone" target="_blank" rel="noopener">Open the demo phone</a> in another tab to allow or deny.</p>
% end
% include('cancel.tpl', state=state)
