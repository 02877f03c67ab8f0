% # One question before both sessions end. Given: csrf.
% rebase('layout.tpl', title='Sign out')
<section class="sheet">
  <h1>Sign out?</h1>
  <p class="lead">This ends your session here and at the tenant. To come back you need your password, and a second factor for the salaries.</p>
  <form method="post" action="/logout">
    <input type="hidden" name="csrf" value="{{csrf}}">
    <p class="actions"><button class="button" type="submit">Sign out</button> <a href="/">Stay signed in</a></p>
  </form>
</section>
