"""Outcomes of an attempt."""
