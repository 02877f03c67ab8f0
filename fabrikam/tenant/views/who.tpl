% if username:
<p class="who">Signing in as <strong>{{username}}</strong> to <strong>{{client_name}}</strong></p>
% end
