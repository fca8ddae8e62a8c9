"""Fields of settings: the kinds of values, their names, a partner's common ones."""
