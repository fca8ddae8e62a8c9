"""Each test of this folder runs on the ledger in memory and on every Redis there is."""

from collections.abc import Iterator

import pytest

from tests.conftest import Servers, empty
from tests.contracts.subject import InMemory, OnRedis, Subject
from tests.redis_servers import binaries


@pytest.fixture(params=["memory", *binaries()])
def subject(request: pytest.FixtureRequest, servers: Servers) -> Iterator[Subject]:
    if request.param == "memory":
        yield InMemory()
        return
    with empty(servers(request.param)) as client:
        yield OnRedis(client)
