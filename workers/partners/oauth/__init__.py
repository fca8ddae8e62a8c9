"""Access tokens, shared by all workers."""
