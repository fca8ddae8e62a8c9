"""Pages of the console that act: each shows first what it would do."""
