"""`waybill results`."""
