% rebase('layout.tpl', title='Signed out')
<p>You are signed out of the tenant. You can close this page or go back to the application.</p>
