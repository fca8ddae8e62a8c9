"""Event stream of the ERP."""
