<form method="post" action="/u/cancel" class="quiet">
<input type="hidden" name="state" value="{{state}}">
<button type="submit" name="action" value="cancel" class="plain">Cancel and go back to the application</button>
</form>
