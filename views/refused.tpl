% # Whatever else could not go on, most often a sign-in. Given: title, what, why, next_steps (label, url),
% # reference, for_admin (sentences), and eyebrow where it is no sign-in.
% rebase('layout.tpl', title=title)
<section class="sheet">
  <p class="eyebrow">{{get('eyebrow', 'Sign-in')}}</p>
  <h1>{{title}}</h1>
  <p class="lead">{{what}}</p>
  <h2>Why</h2>
  <p>{{why}}</p>
  <h2>What to do next</h2>
  <ul class="next-steps">
% for place, (label, url) in enumerate(next_steps):
    <li><a class="{{'' if place else 'button'}}" href="{{url}}">{{label}}</a></li>
% end
  </ul>
% if for_admin:
  <details>
    <summary>For the administrator</summary>
    <ul class="advice">
% for sentence in for_admin:
      <li>{{sentence}}</li>
% end
    </ul>
  </details>
% end
  <p class="reference">Reference <code>{{reference}}</code>. It is in our log; name it when you ask for help.</p>
</section>
