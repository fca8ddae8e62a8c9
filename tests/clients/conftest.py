"""What the tests of the clients share."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from sandbox.server import Sandbox
from tests.clients.raw_server import Act, RawServer
from workers.clients.http import HttpClient

#: Now, for clients that sign or compare dates.
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
def http() -> Iterator[HttpClient]:
    """A client that may call anywhere."""
    client = HttpClient(user_agent="Waybill/test", connect_seconds=2.0)
    yield client
    client.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Act], RawServer]]:
    """Start raw servers; they end with the test."""
    with ExitStack() as stack:
        yield lambda act: stack.enter_context(RawServer(act))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """All partners on one port."""
    with Sandbox().start() as running:
        yield running
