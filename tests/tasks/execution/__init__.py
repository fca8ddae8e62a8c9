"""Attempts, one call at a time."""
