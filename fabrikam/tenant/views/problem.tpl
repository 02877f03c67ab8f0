% rebase('layout.tpl', title=title)
<p class="problem" role="alert">{{what}}</p>
<p>{{todo}}</p>
% include('onward.tpl', link=link)
