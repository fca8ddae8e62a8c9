"""`waybill find`."""
