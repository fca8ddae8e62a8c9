"""What happens to an order, held as rules."""
