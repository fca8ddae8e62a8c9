"""The way of hints to Celery's queues, held as rules."""
