"""Clients of the partners' APIs, one folder each."""
