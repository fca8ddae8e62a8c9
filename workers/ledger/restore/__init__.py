"""Detection of a restored ledger or a clock that was set, and its handling."""
