"""Westcon's replies, by samples and properties."""
