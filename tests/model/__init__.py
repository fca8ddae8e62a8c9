"""The ledger's protocol as a model, searched to its last state."""
