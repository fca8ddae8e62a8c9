"""Processes: the Celery app, its steps, and everything that touches a network."""
