"""`waybill serve`: the HTTP door."""
