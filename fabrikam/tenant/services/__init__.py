"""What several endpoints do with one tenant: run scripts, send pushes, seed users."""
