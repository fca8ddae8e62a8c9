"""`waybill publish`."""
