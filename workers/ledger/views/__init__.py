"""The ledger as it is shown; nothing here changes it."""
