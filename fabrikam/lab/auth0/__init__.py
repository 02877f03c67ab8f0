"""Auth0's words for its scripts: members, and what a Rule's become in an Action."""
