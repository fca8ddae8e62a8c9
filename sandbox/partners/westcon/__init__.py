"""Westcon's stand-in."""
