"""Notifications in Ingram Micro's form."""
