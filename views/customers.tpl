% # The customers. Given: page (a Page of Customer).
% rebase('layout.tpl', title='Customers')
<header class="page-head">
  <h1>Customers</h1>
  <p class="lead">Whom we sell to, and who looks after them.</p>
</header>
% include('_search.tpl', label='Search customers', address='/customers', hint='By company, sector, place, contact or account manager.')
% if page.rows:
<p class="count" role="status">{{page.first}}–{{page.last}} of {{page.total}} customers\\
% if page.query:
 that match “{{page.query}}” · <a href="/customers">Show all</a>\\
% end
</p>
<table class="rows" role="table">
  <caption class="hidden">Customers, page {{page.number}} of {{page.pages}}</caption>
% include('_headings.tpl')
  <tbody role="rowgroup">
% for customer in page.rows:
    <tr role="row">
      <th role="rowheader" scope="row">{{customer.name}}
        <a class="second-line" href="mailto:{{customer.email}}">{{customer.contact}}</a></th>
      <td role="cell" data-label="Sector">{{customer.sector}}</td>
      <td role="cell" data-label="City">{{customer.city}} <span class="second-line">{{customer.country}}</span></td>
      <td role="cell" data-label="Account manager">{{customer.account_manager}}</td>
      <td role="cell" data-label="Customer since"><time datetime="{{customer.since}}">{{customer.since}}</time></td>
      <td role="cell" data-label="Revenue a year" class="number">€ {{f'{customer.revenue:,}'}}</td>
    </tr>
% end
  </tbody>
</table>
% include('_pager.tpl')
% else:
<section class="empty" role="status">
  <h2>No customer matches “{{page.query}}”</h2>
  <p>Try fewer letters, or one word only: every word that you type must be found.</p>
  <p><a class="button" href="/customers">Show all customers</a></p>
</section>
% end
