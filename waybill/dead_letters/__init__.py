"""`waybill dead-letters`."""
