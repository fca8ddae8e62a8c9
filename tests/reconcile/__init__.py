"""Reconciliation: pure decisions, books, and whole runs with real workers."""
