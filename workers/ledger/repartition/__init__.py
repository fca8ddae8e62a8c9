"""Repartition of a ledger: its stages, and how its orders are moved."""
