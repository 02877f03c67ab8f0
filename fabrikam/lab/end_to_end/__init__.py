"""A situation walked through the real tenant and the real intranet, in process."""
