"""OAuth access tokens, shared by all workers."""
