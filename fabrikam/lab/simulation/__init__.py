"""A situation driven through the tenant's own core, and what came of it."""
