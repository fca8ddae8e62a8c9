"""Image and compose file."""
