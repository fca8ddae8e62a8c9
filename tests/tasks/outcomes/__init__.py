"""What becomes of an attempt."""
