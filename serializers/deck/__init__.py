"""DECK Commerce's order links and order history."""
