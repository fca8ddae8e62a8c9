"""The stream into which the ERP writes."""
