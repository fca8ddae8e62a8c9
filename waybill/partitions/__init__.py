"""`waybill partitions`: shows the ledger's partitions, and moves orders into others."""
