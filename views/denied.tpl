% # The answer after a step-up that brought nothing. Given: code, asked, came_back, lacking (claim, fault, found),
% # for_you and for_admin (sentences), reference, again_url, away_url.
% rebase('layout.tpl', title='Not opened: proof is lacking')
<section class="sheet sheet-wide">
  <p class="eyebrow">Not opened <code>{{code}}</code></p>
  <h1>The page stays shut: what came back was not enough</h1>
  <p class="lead">We asked the tenant for more proof that it is you, and its answer does not carry it. You are still signed in as before, and we do not ask again by ourselves.</p>
  <section aria-labelledby="you-title">
    <h2 id="you-title">What you can do</h2>
    <ul class="advice">
% for sentence in for_you:
      <li>{{sentence}}</li>
% end
    </ul>
    <p class="actions"><a class="button" href="{{again_url}}">Try once more</a> <a href="{{away_url}}">Leave it for now</a></p>
  </section>
  <div class="exchange">
    <section aria-labelledby="asked-title">
      <h2 id="asked-title">We asked for</h2>
      <ul>
% for item in asked:
        <li><code>{{item}}</code></li>
% end
      </ul>
    </section>
    <section aria-labelledby="back-title">
      <h2 id="back-title">What came back</h2>
      <ul>
% for item in came_back:
        <li><code>{{item}}</code></li>
% end
% if not came_back:
        <li>Nothing of what we read</li>
% end
      </ul>
    </section>
    <section class="lacking" aria-labelledby="lacking-title">
      <h2 id="lacking-title">What is lacking</h2>
      <ul>
% for claim, fault, found in lacking:
        <li><code>{{claim}}</code> <strong>{{fault}}</strong>
% if found is not None:
          <span>found <code>{{found}}</code></span>
% end
        </li>
% end
      </ul>
    </section>
  </div>
  <details>
    <summary>For the administrator</summary>
    <ul class="advice">
% for sentence in for_admin:
      <li>{{sentence}}</li>
% end
    </ul>
  </details>
  <p class="reference">Reference <code>{{reference}}</code>. It is in our log; name it when you ask for help.</p>
</section>
