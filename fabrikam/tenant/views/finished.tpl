% rebase('layout.tpl', title=title)
<p>{{what}}</p>
<p>Go on in the application.</p>
% include('onward.tpl', link=link)
