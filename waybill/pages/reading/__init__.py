"""Pages of the console that read."""
