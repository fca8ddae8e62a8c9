"""A pass over all keys of a Redis Cluster, one of whose primaries is lost meanwhile."""

import pytest

from tests.redis_clusters import Cluster, running_cluster, until
from workers.redis.answers import text
from workers.redis.clients import ledger_client

#: On each node more than one step of a pass.
KEYS = {f"key-{number}" for number in range(900)}

#: Keys of one step, of each primary some.
STEP = 20


@pytest.mark.long
@pytest.mark.parametrize("steps", [0, 3])
def test_a_pass_goes_on_where_a_replica_has_taken_a_primarys_place(steps: int) -> None:
    """A cursor means nothing to another server, so its keys are passed anew."""
    with running_cluster(replicas=True) as cluster:
        client = ledger_client(cluster.url, 10)
        for one in KEYS:
            client.set(one, "")
        until("replicas have all", lambda: _is_even(cluster))
        victim = cluster.owner("{06S}")
        seen, cursor = set[str](), 0
        for _ in range(steps):
            cursor, found = client.scan(cursor, count=STEP)
            seen |= set(map(text, found))
        victim.kill()

        while True:
            cursor, found = client.scan(cursor, count=STEP)
            seen |= set(map(text, found))
            if not cursor:
                break

        assert cluster.owner("{06S}") is not victim
        client.close()
    assert seen == KEYS


def _is_even(cluster: Cluster) -> bool:
    sizes = [one.client().dbsize() for one in cluster.servers]
    return sizes[:3] == sizes[3:]
