% rebase('layout.tpl', title='Back to the application')
<p>You are being sent back. If nothing happens, press the button.</p>
<form method="post" action="{{action}}">
% for name, value in fields:
<input type="hidden" name="{{name}}" value="{{value}}">
% end
<button type="submit">Continue</button>
</form>
<script>{{!script}}</script>
