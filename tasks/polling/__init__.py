"""Polling of Westcon's orders."""
