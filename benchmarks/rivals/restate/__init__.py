"""The story as a durable handler of Restate."""
