"""What the tests share: real Redis servers, one of each kind per test process."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, settings

from tests.redis_clusters import Cluster, running_cluster
from tests.redis_servers import RedisServer, binaries, running

HERE = Path(__file__).parent

# When jsonschema is imported, this compiles 38 grammars for formats that no schema here
# has: most of a second in each test process. Without it, jsonschema leaves them out.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment] # how Python has it

#: Properties are searched by examples, never by the clock: a busy machine is no fault.
#: `make long` and `make mutants` look further, by `--hypothesis-profile`.
EXAMPLES = {"waybill": 50, "thorough": 200}
for name, most in EXAMPLES.items():
    settings.register_profile(
        name,
        deadline=None,
        max_examples=most,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile("waybill")

#: What tests set on the server that they share, as it is for each of them.
CONFIGURED = {"appendonly": "no", "maxmemory": "0", "maxmemory-policy": "noeviction"}

#: New objects after which a test process looks for garbage; it looks often, by default.
GARBAGE = (10_000, 20, 20)

#: The server of a kind, started when it is first asked for.
Servers = Callable[[str], RedisServer]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collect the tests without looking for garbage; what they are made of is none."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*GARBAGE)
        gc.enable()


@pytest.fixture(scope="session", name="servers")
def started_servers() -> Iterator[Servers]:
    """The servers of this test process."""
    with ExitStack() as stack:
        yield cache(lambda kind: stack.enter_context(running(binaries()[kind])))


#: Folders whose tests meet every kind of server in each run. What stands above the
#: ledger meets the older kind in `make long`, where there is a newer one, and so do
#: random walks: each rule that they keep has a test of its own, which meets both.
EVERY_KIND = ("ledger", "contracts", "redis", "processes", "faults")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Iterator[None]:
    if len(binaries()) > 1:
        for item in items:
            if meets_the_older_kind_in_long(item):
                item.add_marker(pytest.mark.long)
    yield
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    items[:] = waits_first(items, workers)


def meets_the_older_kind_in_long(item: pytest.Item) -> bool:
    given = getattr(item, "callspec", None)
    if not given or "bundled" not in given.params.values():
        return False
    folder = item.path.relative_to(HERE).parts[0]
    return folder not in EVERY_KIND or bool(item.get_closest_marker("walks"))


def waits_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Have each of the test processes begin with what starts processes, and waits.

    `--dist worksteal` gives each of them a share to begin with, in their order. What is
    long comes at the end of none, where the others would have nothing left to do.
    """
    size = -(-len(items) // workers)
    shares = (items[n : n + size] for n in range(0, len(items), size or 1))
    return [one for share in shares for one in sorted(share, key=_is_quick)]


def _is_quick(item: pytest.Item) -> bool:
    return item.get_closest_marker("processes") is None


#: The cluster of a test process, made when it is first asked for.
ClusterOf = Callable[[], Cluster]


@pytest.fixture(scope="session", name="cluster")
def made_cluster() -> Iterator[ClusterOf]:
    """The cluster of this test process: three primaries without replicas."""
    with ExitStack() as stack:
        yield cache(lambda: stack.enter_context(running_cluster()))


@pytest.fixture(scope="session", params=list(binaries()))
def redis_server(request: pytest.FixtureRequest, servers: Servers) -> RedisServer:
    """A server of each kind the machine has: the bundled 6.2 and a newer one."""
    return servers(request.param)


@pytest.fixture(name="redis")
def flushed_redis(redis_server: RedisServer) -> Iterator[redis.Redis]:
    """A client of an empty Redis."""
    with empty(redis_server) as client:
        yield client


@contextmanager
def empty(server: RedisServer) -> Iterator[redis.Redis]:
    """A client of this server, emptied; what is set on it ends with the test."""
    with server.client() as client:
        client.flushall()
        yield client
        pipeline = client.pipeline(transaction=False)
        for name, value in CONFIGURED.items():
            pipeline.config_set(name, value)
        pipeline.execute()
