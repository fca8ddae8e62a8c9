"""Westcon's order status."""
