"""`waybill audit`."""
