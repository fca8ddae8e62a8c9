"""List of what partners sent beyond their contracts, kept by all workers together."""
