"""What happens to an order: decisions as functions of their arguments."""
