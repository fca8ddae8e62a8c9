"""Ingram Micro's notification, by samples and its own model."""
