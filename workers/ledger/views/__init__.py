"""Read-only views of the ledger."""
