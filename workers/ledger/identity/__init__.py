"""Whose a ledger is, and which workers share it."""
