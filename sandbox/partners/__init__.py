"""The partners' stand-ins."""
