% if link:
<p><a class="button" href="{{link.address}}">{{link.words}}</a></p>
% end
