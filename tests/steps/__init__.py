"""What starts and stops with a worker, held as rules."""
