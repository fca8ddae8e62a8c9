"""Looks at Westcon's orders."""
