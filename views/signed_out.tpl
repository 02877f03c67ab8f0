% # Both sessions have ended. Given: nothing but the frame's own.
% rebase('layout.tpl', title='Signed out')
<section class="sheet">
  <h1>You are signed out</h1>
  <p class="lead">Your session here has ended, and so has the one at the tenant. On a shared computer, close the browser as well.</p>
  <p class="actions"><a class="button" href="/login">Sign in again</a> <a href="/">Go to the start page</a></p>
</section>
