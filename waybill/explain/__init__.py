"""`waybill explain`."""
