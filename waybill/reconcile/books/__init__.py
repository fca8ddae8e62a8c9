"""Books of a reconciliation side by side: files, ledger, and the file they go into."""
