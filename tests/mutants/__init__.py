"""Mistakes planted in the ledger, each of which some layer of the tests must notice."""
