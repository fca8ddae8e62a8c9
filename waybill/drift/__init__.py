"""`waybill drift`: what partners sent beyond their contracts."""
