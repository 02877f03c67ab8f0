% # The headings of a table that can be sorted. Given: page.
% # The roles are said aloud because narrow screens show the rows as cards,
% # and an element that is not displayed as a table is no longer read as one.
<thead role="rowgroup">
  <tr role="row">
% for heading in page.headings:
    <th role="columnheader" scope="col" class="{{'number' if heading.numeric else ''}}"
% if heading.sorted:
        aria-sort="{{heading.sorted}}"
% end
    ><a href="{{heading.address}}">{{heading.label}}<svg class="arrow" viewBox="0 0 10 12" width="10" height="12" aria-hidden="true" focusable="false"><path class="arrow-up" d="M5 0 9 5H1z"/><path class="arrow-down" d="M5 12 1 7h8z"/></svg></a></th>
% end
  </tr>
</thead>
