"""Settings: their sources, kinds and problems."""
