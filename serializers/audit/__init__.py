"""Audit: entries of acts, the chain that links them, and its verification."""
