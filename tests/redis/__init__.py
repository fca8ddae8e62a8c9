"""The ways to Redis, held as rules."""
