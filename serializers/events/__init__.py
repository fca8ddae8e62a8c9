"""The ERP's order events."""
