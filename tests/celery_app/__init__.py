"""The Celery app and its command line, held as rules."""
