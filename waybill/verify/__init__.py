"""`waybill verify`."""
