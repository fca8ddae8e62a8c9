"""Formats and values that several partners share."""
