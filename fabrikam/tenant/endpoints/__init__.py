"""The tenant's addresses, one small file for each of them."""
