"""`waybill doctor`."""
