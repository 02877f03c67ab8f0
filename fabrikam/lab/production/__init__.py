"""The real world: a strategy in the shadow of another, and recorded logins."""
