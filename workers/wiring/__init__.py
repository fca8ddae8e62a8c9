"""Object graph of one process, made from its settings."""
