"""A login on its way through the tenant's own pages."""
