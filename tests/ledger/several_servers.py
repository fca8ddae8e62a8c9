"""A Cluster with replicas, or a primary with sentinels, for the ledger's tests.

LEDGER names it, as for the tests of processes. In the middle of each test process's run
a replica takes a primary's place, and the client of before goes on.
"""

from collections.abc import Callable, Iterator

import pytest
import redis

from tests.conftest import CONFIGURED
from tests.ledger.nodes import nodes, small_nodes
from tests.processes.ledger_servers import LedgerServers, chosen, running_ledger
from tests.redis_servers import binaries
from workers.redis.clients import ledger_client

__all__ = ["connect", "emptied", "hand_over", "shared", "trimmed"]

#: More than a test has threads, and ledgers, each of which keeps some.
CONNECTIONS = 10_000


class Shared:
    """The servers of a test process.

    Args:
        servers: of its ledger.
        halfway: the test before which a replica takes a primary's place.
    """

    def __init__(self, servers: LedgerServers, halfway: int) -> None:
        self.servers = servers
        self._tests, self._halfway = 0, halfway

    def connect(self) -> redis.Redis:
        return ledger_client(self.servers.url, CONNECTIONS)

    def before(self, client: redis.Redis) -> None:
        """Empty the ledger for one test."""
        self._tests += 1
        client.flushall()
        if self._tests == self._halfway:
            self.servers.hand_over()


@pytest.fixture(scope="session")
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shared]:
    workers = getattr(request.config, "workerinput", {}).get("workercount", 1)
    halfway = len(request.session.items) // workers // 2
    binary, folder = list(binaries().values())[-1], tmp_path_factory.mktemp("servers")
    with running_ledger(chosen(), binary, folder, (), none_dies=True) as servers:
        yield Shared(servers, halfway)


@pytest.fixture(name="redis")
def emptied(shared: Shared) -> Iterator[redis.Redis]:
    with shared.connect() as client:
        shared.before(client)
        yield client
        for one in nodes(client):
            for name, value in CONFIGURED.items():
                one.config_set(name, value)


@pytest.fixture(scope="session")
def connect(shared: Shared) -> Callable[[], redis.Redis]:
    return shared.connect


@pytest.fixture
def hand_over(shared: Shared) -> Callable[[], None]:
    return shared.servers.hand_over


@pytest.fixture(scope="module")
def trimmed(shared: Shared) -> Iterator[redis.Redis]:
    with shared.connect() as client, small_nodes(client):
        yield client
