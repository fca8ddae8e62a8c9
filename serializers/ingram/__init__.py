"""Ingram Micro's order-status notification."""
