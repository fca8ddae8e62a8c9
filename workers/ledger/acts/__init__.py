"""What people do to orders, gates and items beside replaying dead letters."""
