% rebase('layout.tpl', title='Keep your new recovery code' if replaces else 'Keep your recovery code')
% include('who.tpl', username=username, client_name=client_name)
% if replaces:
<p>The recovery code that you just typed is used up. This one takes its place.</p>
% end
<p>If you lose your phone, this code signs you in, once. Write it down or print this page, and keep it where you keep keys.</p>
<p class="box"><code class="secret" id="recovery-code" data-code="{{code}}">\\
% for four in fours:
<span>{{four}}</span>\\
% end
</code></p>
<p class="hint">It is shown here until you go on, and never again.</p>
<form method="post" action="/u/mfa-recovery-code-enrollment">
<input type="hidden" name="state" value="{{state}}">
<button type="submit" name="action" value="default">I have written it down</button>
</form>
