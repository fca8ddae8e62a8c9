"""The ledger's layout: how many partitions, and how orders move into others."""
