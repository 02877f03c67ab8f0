"""A situation through the pages of the real tenant and intranet, in process."""
