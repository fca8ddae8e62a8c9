"""What a user might pick instead, measured: `python -m benchmarks.rivals`."""
