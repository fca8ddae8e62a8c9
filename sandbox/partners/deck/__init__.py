"""DECK Commerce's stand-in."""
