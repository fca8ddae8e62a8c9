"""Logs: one line per event, and no secret in any."""
