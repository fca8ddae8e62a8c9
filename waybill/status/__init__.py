"""`waybill status`."""
