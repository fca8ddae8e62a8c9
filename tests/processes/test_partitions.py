"""A ledger of several partitions on real workers: every way in leads to every order."""

from pathlib import Path

import pytest
import redis

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.command import printed
from tests.processes.site import running_site
from workers.ledger import keys

pytestmark = pytest.mark.processes

PARTITIONS = 4


def test_events_in_the_streams_of_partitions_and_in_the_shared_one_all_arrive(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 24)
    shared, own, given, astray = (orders[n::4] for n in range(4))
    with running_site(tmp_path, PARTITIONS=str(PARTITIONS)) as site:
        client = redis.Redis.from_url(site.redis.url)
        for number in shared:
            client.xadd("orders:events", {"event": feed.placed(number)})
        for number in own:
            stream = keys.events(keys.prefix(keys.partition_of(number, PARTITIONS)))
            client.xadd(stream, {"event": feed.placed(number)})
        for number in astray:
            partition = (keys.partition_of(number, PARTITIONS) + 1) % PARTITIONS
            stream = keys.events(keys.prefix(partition))
            client.xadd(stream, {"event": feed.placed(number)})
        file = tmp_path / "events.ndjson"
        file.write_bytes(b"".join(feed.placed(number) + b"\n" for number in given))
        printed(site, "publish", str(file))
        site.worker("first").started()

        accounts = accounted(site, orders)
        roots = [keys.prefix(partition) for partition in range(PARTITIONS)]
        admitted = [int(client.hget(keys.counts(r), "admitted") or 0) for r in roots]
        dead = sum(client.zcard(keys.dead(root)) for root in roots)

    assert sum(admitted) == len(orders)
    assert 0 not in admitted
    assert dead == 0
    assert accounts.lost == frozenset()
    assert accounts.doubled == 0
