% # For applications without a page of their own for this.
% rebase('plain.tpl', title=title)
<h1>{{title}}</h1>
<p>{{what}}</p>
<p>{{why}}</p>
<ul>
% for label, url in next_steps:
  <li><a href="{{url}}">{{label}}</a></li>
% end
</ul>
% if for_admin:
<details>
  <summary>For the administrator</summary>
  <ul>
% for sentence in for_admin:
    <li>{{sentence}}</li>
% end
  </ul>
</details>
% end
<p>Reference <code>{{reference}}</code>: it is in the log.</p>
