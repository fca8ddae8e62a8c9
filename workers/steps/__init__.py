"""What runs inside every worker beside its tasks."""
