"""Findings of a reconciliation, decided from what the books have of one order."""
