"""The ERP's events, well-formed and odd."""
