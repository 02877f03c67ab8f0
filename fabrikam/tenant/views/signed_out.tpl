% rebase('layout.tpl', title='Signed out')
<p>You are signed out of the tenant. You can close this page.</p>
% include('onward.tpl', link=link)
