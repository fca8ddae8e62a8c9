"""Dispatch: hints on Celery's queues, and how many a process takes."""
