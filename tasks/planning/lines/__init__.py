"""What is known of an order's lines, and what one more answer makes of it."""
