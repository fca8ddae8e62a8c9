"""Whether the ledger was restored, or its clock set, and what is done about it."""
