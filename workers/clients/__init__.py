"""The partners as they answer over HTTP."""
