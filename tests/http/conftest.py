"""Fixtures that the tests of HTTP share with those of the partners."""

from tests.partners.conftest import guarded, http, sandbox, serve

__all__ = ["guarded", "http", "sandbox", "serve"]
