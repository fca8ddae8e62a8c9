"""Signatures, made and verified."""
