% # The question after a step-up: really? Given: employee, old, new, fields (name and value pairs to send), action_url.
% rebase('layout.tpl', title='Confirm the new salary')
<section class="sheet">
  <h1>Change this salary?</h1>
  <p class="lead">Your second factor is confirmed. Nothing has been changed yet: please look once more.</p>
  <dl class="facts">
    <div><dt>Employee</dt><dd>{{employee.name}}</dd></div>
    <div><dt>Title</dt><dd>{{employee.title}}, {{employee.department}}</dd></div>
  </dl>
  <dl class="from-to">
    <div><dt>From</dt><dd>€ {{f'{old:,}'}} <span>a year</span></dd></div>
    <div><dt>To</dt><dd>€ {{f'{new:,}'}} <span>a year</span></dd></div>
  </dl>
  <form method="post" action="{{action_url}}">
    <input type="hidden" name="csrf" value="{{csrf}}">
% for name, value in fields:
    <input type="hidden" name="{{name}}" value="{{value}}">
% end
    <p class="actions">
      <button class="button" type="submit">Change it to € {{f'{new:,}'}}</button>
      <a href="/employees/{{employee.id}}">Keep it as it is</a>
    </p>
  </form>
</section>
