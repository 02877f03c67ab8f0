<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
% if get('reload'):
<noscript><meta http-equiv="refresh" content="{{reload}}"></noscript>
% end
<title>{{title}} – local test tenant</title>
<link rel="stylesheet" href="/static/tenant.css">
<link rel="icon" href="data:,">
</head>
<body>
<header class="banner"><p><strong>Local test tenant</strong> – stands in for Auth0 on this machine. Use no real passwords here.</p></header>
<main class="{{'wide' if get('wide') else 'narrow'}}">
<article class="card">
<h1>{{title}}</h1>
{{!base}}
</article>
</main>
<footer><p>Fabrikam Intranet, local test tenant</p></footer>
</body>
</html>
