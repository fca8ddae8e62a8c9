"""Fields of settings: kinds of values, names, and what all partners share."""
