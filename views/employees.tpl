% # The employees and their salaries. Given: page (a Page of Employee).
% rebase('layout.tpl', title='Employees')
<header class="page-head">
  <h1>Employees</h1>
  <p class="lead">Everybody who works here, and what they earn. You see this page because you proved a second factor.</p>
</header>
<p class="print-only">Confidential: this list shows salaries.</p>
% include('_search.tpl', label='Search employees', address='/employees', hint='By name, department, title or office.')
% if page.rows:
<p class="count" role="status">{{page.first}}–{{page.last}} of {{page.total}} employees\\
% if page.query:
 that match “{{page.query}}” · <a href="/employees">Show all</a>\\
% end
</p>
<table class="rows" role="table">
  <caption class="hidden">Employees, page {{page.number}} of {{page.pages}}</caption>
% include('_headings.tpl')
  <tbody role="rowgroup">
% for employee in page.rows:
    <tr role="row">
      <th role="rowheader" scope="row"><a href="/employees/{{employee.id}}">{{employee.name}}</a></th>
      <td role="cell" data-label="Department">{{employee.department}}</td>
      <td role="cell" data-label="Title">{{employee.title}}</td>
      <td role="cell" data-label="Office">{{employee.office}}</td>
      <td role="cell" data-label="Started on"><time datetime="{{employee.started_on}}">{{employee.started_on}}</time></td>
      <td role="cell" data-label="Salary a year" class="number">€ {{f'{employee.salary:,}'}}</td>
    </tr>
% end
  </tbody>
</table>
% include('_pager.tpl')
% else:
<section class="empty" role="status">
  <h2>No employee matches “{{page.query}}”</h2>
  <p>Try fewer letters, or one word only: every word that you type must be found.</p>
  <p><a class="button" href="/employees">Show all employees</a></p>
</section>
% end
