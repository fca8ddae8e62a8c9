"""The same work as a good Celery user would write it: a task per event and hop."""
