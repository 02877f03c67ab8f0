% # The frame of every page. Given: title, visitor, strategy, path, tenant_is_local, tenant_url.
<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>{{title}} – Fabrikam Intranet</title>
  <link rel="icon" href="/static/mark.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/static/intranet.css">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
% if tenant_is_local:
<aside class="banner" aria-label="Test tenant">
  <p><strong>Local test tenant.</strong> You sign in at <code>{{tenant_url}}</code> with demo users only. Codes are on the <a href="{{tenant_url.rstrip('/')}}/phone">demo phone</a>.</p>
</aside>
% end
<header class="top">
  <div class="top-inside">
    <a class="brand" href="/"><img src="/static/mark.svg" alt="" width="28" height="28"><span class="brand-name">Fabrikam <span class="brand-kind">Intranet</span></span></a>
    <nav class="main-nav" aria-label="Main">
      <ul>
% for address, label in (('/customers', 'Customers'), ('/employees', 'Employees'), ('/profile', 'Profile'), ('/compare', 'Compare')):
        <li>
          <a href="{{address}}"
% if path == address:
             aria-current="page"
% elif path.startswith(address + '/'):
             aria-current="true"
% end
          >{{label}}</a>
        </li>
% end
      </ul>
    </nav>
    <div class="visitor">
% if visitor:
      <span class="visitor-name" title="{{visitor.email}}">{{visitor.name}}</span>
% include('_badge.tpl', second_factor=visitor.second_factor)
      <a class="sign-out" href="/logout">Sign out</a>
% else:
      <a class="sign-in" href="/login">Sign in</a>
% end
    </div>
  </div>
</header>
<main id="content" tabindex="-1">
{{!base}}
</main>
<footer class="foot">
  <p>Step-up by the <strong>{{strategy}}</strong> strategy. <a href="/compare">Compare the strategies</a></p>
  <p>The people and companies shown here are made up.</p>
</footer>
</body>
</html>
