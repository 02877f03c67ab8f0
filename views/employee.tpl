% # One employee. Given: employee, history (of SalaryChange), problem (None or words), entered,
% # saved (the change just made, or None), unsaved (a form that came too late).
% rebase('layout.tpl', title=f"Problem: {employee.name}" if problem else employee.name)
<header class="page-head">
  <nav class="trail" aria-label="You are here"><a href="/employees">Employees</a></nav>
  <h1>{{employee.name}}</h1>
  <p class="lead">{{employee.title}}, {{employee.department}}</p>
</header>
% if problem:
<section class="notice" role="alert" aria-labelledby="problem-title">
  <h2 id="problem-title">The salary was not changed</h2>
  <p><a href="#salary">{{problem}}</a></p>
</section>
% elif saved:
<section class="notice notice-good" role="status">
  <p><strong>Saved.</strong> The salary was € {{f'{saved.before:,}'}} and is € {{f'{saved.after:,}'}} now.</p>
</section>
% elif unsaved:
<section class="notice" role="alert" aria-labelledby="unsaved-title">
  <h2 id="unsaved-title">Nothing was saved</h2>
  <p>Your session ended, or the question was answered already, before the form arrived. Look at the salary, and <a href="#salary">enter it again</a> if it is not what you wanted.</p>
</section>
% end
<div class="columns">
  <section class="card" aria-labelledby="facts-title">
    <h2 id="facts-title">At work</h2>
    <dl class="facts">
      <div><dt>Office</dt><dd>{{employee.office}}</dd></div>
      <div><dt>Manager</dt><dd>
% if employee.manager_id:
        <a href="/employees/{{employee.manager_id}}">{{employee.manager}}</a>
% else:
        Reports to the board
% end
      </dd></div>
      <div><dt>Mail</dt><dd><a href="mailto:{{employee.email}}">{{employee.email}}</a></dd></div>
      <div><dt>Started on</dt><dd><time datetime="{{employee.started_on}}">{{employee.started_on}}</time></dd></div>
    </dl>
  </section>
  <section class="card" aria-labelledby="salary-title">
    <h2 id="salary-title">Salary</h2>
    <p class="amount">€ {{f'{employee.salary:,}'}} <span>a year</span></p>
    <form class="stack" method="post" action="/employees/{{employee.id}}/salary">
      <input type="hidden" name="csrf" value="{{csrf}}">
      <input type="hidden" name="seen" value="{{employee.salary}}">
      <div class="field">
        <label for="salary">New salary in euro a year</label>
        <p class="hint" id="salary-hint">For example 62000. Changing it needs a second factor from the last 5 minutes; you are asked for one if yours is older.</p>
% if problem:
        <p class="fault" id="salary-fault">{{problem}}</p>
        <input id="salary" name="salary" inputmode="numeric" autocomplete="off" maxlength="40" value="{{entered}}" aria-invalid="true" aria-describedby="salary-fault salary-hint" autofocus>
% else:
        <input id="salary" name="salary" inputmode="numeric" autocomplete="off" maxlength="40" value="{{entered}}" aria-describedby="salary-hint">
% end
      </div>
      <button class="button" type="submit">Change the salary</button>
    </form>
  </section>
</div>
<section class="card" aria-labelledby="history-title">
  <h2 id="history-title">Changes to the salary</h2>
% if history:
  <ol class="history">
% for change in history:
    <li>
      <strong>From € {{f'{change.before:,}'}} to € {{f'{change.after:,}'}}</strong>
      <span>{{change.when}}, by {{change.changed_by}}</span>
    </li>
% end
  </ol>
% else:
  <p class="quiet-text">Nobody has changed it since the records begin.</p>
% end
</section>
