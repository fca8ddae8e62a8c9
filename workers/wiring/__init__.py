"""The objects of one process, made from its settings."""
