"""Ledger as a book of a reconciliation, its repairs and its last run."""
