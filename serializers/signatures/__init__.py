"""Signatures on notifications, made and verified."""
