"""`waybill orders`."""
