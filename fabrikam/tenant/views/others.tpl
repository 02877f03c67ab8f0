% if others:
<div class="another">
<h2>Another way</h2>
<ul class="ways">
% for label, address in others:
<li><a href="{{address}}?state={{state}}">{{label}}</a></li>
% end
</ul>
</div>
% end
