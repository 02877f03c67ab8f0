% rebase('layout.tpl', title='On to another page')
<p>The sign-in goes on at another place and comes back here afterwards.</p>
<p><a href="{{url}}">Go there now</a></p>
