"""What the ledger knows of the receivers' endpoints."""
