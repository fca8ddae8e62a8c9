"""The documents are what the code says."""
