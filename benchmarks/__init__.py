"""Measurements beside a textbook Celery pipeline; `python -m benchmarks` runs all."""
