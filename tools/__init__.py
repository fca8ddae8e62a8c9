"""Project tools, which are not installed."""
