"""The login situations: axes, their product, regions of it, and the smallest case."""
