"""The Celery app: its settings, its tasks, and what starts with it."""
