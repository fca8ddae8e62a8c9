"""The documents are what the code defines."""
