"""A running sandbox, and a caller of it."""

from collections.abc import Iterator

import pytest

from sandbox.server import Sandbox
from tests.sandbox.caller import Caller


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def caller(sandbox: Sandbox) -> Iterator[Caller]:
    calling = Caller(sandbox.port)
    yield calling
    calling.close()
