"""Ingram Micro's stand-in, and receivers of notifications."""
