"""Results in Redis: what is written of them, how they are read, when they go."""
