"""Background steps of every worker, beside its tasks."""
