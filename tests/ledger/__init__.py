"""The ledger's scripts and the Python around them, on real Redis servers."""
