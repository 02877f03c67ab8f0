"""What the tenant keeps: people, factors, clients, keys, one-time things, its log."""
