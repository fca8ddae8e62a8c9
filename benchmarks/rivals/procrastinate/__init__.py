"""The story as tasks of Procrastinate, on PostgreSQL."""
