"""The token endpoint behind its address: clients, grants and signatures."""
