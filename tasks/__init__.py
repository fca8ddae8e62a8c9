"""Decisions about an order, as functions of their arguments."""
