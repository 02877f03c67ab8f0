"""JavaScript as a syntax tree: names, scopes, conditions, control flow, literals."""
