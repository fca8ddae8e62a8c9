"""Bytes to values and back: golden samples, properties, and bytes that attack."""
