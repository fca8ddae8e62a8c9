"""DECK Commerce's order links."""
