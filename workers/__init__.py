"""Worker processes: the Celery app, its steps, and all access to the network."""
