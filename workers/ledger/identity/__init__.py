"""Identity of a ledger: deployment, namespace, workers; orders by purchase order."""
