"""Health pages of a worker: what they check, and how they are served."""
