"""What the tenant decides about one login, and what that login is worth.  Pure."""
