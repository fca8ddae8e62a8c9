"""Codecs, pure: events, Westcon, DECK, Ingram, signatures."""
