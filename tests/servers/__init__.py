"""Servers besides Redis 6.2 and the machine's own, on which the ledger is tried."""
