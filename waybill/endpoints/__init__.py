"""`waybill endpoints`."""
