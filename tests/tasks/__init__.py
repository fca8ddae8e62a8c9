"""Decisions about an order, held as rules."""
