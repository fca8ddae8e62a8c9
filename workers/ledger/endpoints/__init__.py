"""State of the receivers' endpoints in the ledger."""
