"""Bytes to values and back, pure: events, Westcon, DECK, Ingram, signatures."""
