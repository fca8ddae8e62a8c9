"""The story as tasks of streaQ, on Redis streams."""
