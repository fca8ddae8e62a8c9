"""Identity of a ledger: its deployment, its namespace, its workers."""
