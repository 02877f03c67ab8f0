"""A situation simulated through the tenant's own core, and what came of it."""
