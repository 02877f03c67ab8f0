"""One HTTP request at the tenant: its fields, its browser, its pages."""
