"""A pass over the ledger while its Redis restarts."""

from collections.abc import Iterator

import pytest
import redis

from tests.processes.site import ALWAYS
from tests.redis_servers import RedisServer, binaries, running
from workers.ledger import keys
from workers.ledger.reconcile import pages
from workers.redis.clients import ledger_client

ORDERS = {f"SO-{number}" for number in range(2_000)}


@pytest.fixture(params=binaries())
def server(request: pytest.FixtureRequest) -> Iterator[RedisServer]:
    with running(binaries()[request.param], *ALWAYS) as made:
        yield made


def filled(server: RedisServer) -> redis.Redis:
    client = ledger_client(server.url, 2)
    client.mset({keys.record(keys.prefix(0), name): "" for name in ORDERS})
    return client


def test_a_pass_over_a_redis_that_restarts_leaves_no_order_out(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 100)
    with filled(server) as client:
        found = pages.names(client)
        seen = set(next(found)[0])

        server.kill()
        server.start()
        for orders, _ in found:
            seen |= set(orders)

    assert seen == ORDERS


def test_a_pass_over_a_redis_that_stays_is_made_once(server: RedisServer) -> None:
    with filled(server) as client:
        counts = [len(orders) for orders, _ in pages.names(client)]

    assert sum(counts) == len(ORDERS)
