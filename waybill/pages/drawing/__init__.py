"""Drawings of an order, as numbers for a picture; pure."""
