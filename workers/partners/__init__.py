"""The partners' APIs, one folder each."""
