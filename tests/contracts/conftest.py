"""Each test of this folder runs on the ledger in memory, and on every kind of Redis."""

from collections.abc import Iterator

import pytest

from tests.conftest import ClusterOf, Servers, empty
from tests.contracts.subject import InMemory, OnRedis, Subject
from tests.redis_servers import binaries
from workers.redis.clients import ledger_client


@pytest.fixture(
    params=["memory", pytest.param("cluster", marks=pytest.mark.long), *binaries()]
)
def subject(
    request: pytest.FixtureRequest, servers: Servers, cluster: ClusterOf
) -> Iterator[Subject]:
    if request.param == "memory":
        yield InMemory()
        return
    if request.param == "cluster":
        client = ledger_client(cluster().url, 10)
        client.flushall()
        yield OnRedis(client)
        client.close()
        return
    with empty(servers(request.param)) as client:
        yield OnRedis(client)
