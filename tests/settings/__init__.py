"""Settings: where they come from and how mistakes are reported."""
