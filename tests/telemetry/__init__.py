"""Logs and metrics: one line per event, and no secret in any."""
