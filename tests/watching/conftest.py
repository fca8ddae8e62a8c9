"""A site per test, on every Redis there is."""

from collections.abc import Iterator

import pytest
import redis

from sandbox.server import Sandbox
from tests.watching.site import Site, built
from workers.http.client import HttpClient


@pytest.fixture
def site(redis: redis.Redis) -> Iterator[Site]:
    """Westcon's stand-in, a ledger, and a client that may call anywhere."""
    http = HttpClient(user_agent="Waybill/test", connect_seconds=2.0, pool=16)
    with Sandbox().start() as sandbox:
        yield built(redis, sandbox, http)
    http.close()
