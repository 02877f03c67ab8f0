% # For applications without a page of their own for this.
% rebase('plain.tpl', title='Not opened')
<h1>The page stays shut: what came back was not enough</h1>
<p><code>{{code}}</code></p>
<h2>We asked for</h2>
<ul>
% for item in asked:
  <li><code>{{item}}</code></li>
% end
</ul>
<h2>What is lacking</h2>
<ul>
% for claim, fault, found in lacking:
  <li><code>{{claim}}</code> {{fault}}{{'' if found is None else f': found {found}'}}</li>
% end
</ul>
<h2>What you can do</h2>
<ul>
% for sentence in for_you:
  <li>{{sentence}}</li>
% end
</ul>
<p><a href="{{again_url}}">Try once more</a>, or <a href="{{away_url}}">leave it for now</a>.</p>
<details>
  <summary>For the administrator</summary>
  <ul>
% for sentence in for_admin:
    <li>{{sentence}}</li>
% end
  </ul>
</details>
<p>Reference <code>{{reference}}</code>: it is in the log.</p>
