"""Calls, one attempt at a time."""
