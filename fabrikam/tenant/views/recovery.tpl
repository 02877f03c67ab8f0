% rebase('layout.tpl', title='Keep your recovery code')
<p>{{what}}</p>
<p><code class="secret" id="recovery-code">{{code}}</code></p>
<p>Write it down. It is shown only now, and it works once when your phone is lost.</p>
<form method="post" action="/u/mfa-recovery-code-enrollment">
<input type="hidden" name="state" value="{{state}}">
<button type="submit" name="action" value="default">I have written it down</button>
</form>
