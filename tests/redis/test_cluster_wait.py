"""Replicas that are waited for on a Redis Cluster, each of its own primary."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

import pytest
import redis
from redis.exceptions import MovedError, TryAgainError

from tests.redis_clusters import Cluster, running_cluster
from tests.redis_servers import RedisServer
from workers.ledger import keys
from workers.ledger.scripts import Call, Scripts
from workers.redis.clients import ledger_client
from workers.redis.cluster.nodes import Nodes
from workers.redis.cluster.turn import Turn
from workers.redis.durability import Durability, UnconfirmedError
from workers.redis.hosts import Host
from workers.redis.round_trips import Command

#: One that is frozen is not awaited for long, and one that lives is.
HASTY, PATIENT = Durability(1, 200), Durability(1, 5000)

#: Partitions of three primaries.
ROOTS = [keys.prefix(number) for number in (0, 1, 2, 3)]


@pytest.fixture(scope="module", name="made")
def with_replicas() -> Iterator[Cluster]:
    with running_cluster(replicas=True) as cluster:
        yield cluster


@pytest.fixture(name="client")
def emptied(made: Cluster) -> Iterator[redis.Redis]:
    client = ledger_client(made.url, 10)
    client.flushall()
    yield client
    client.close()


def replica_of(cluster: Cluster, key: str) -> RedisServer:
    return cluster.replicas[cluster.primaries.index(cluster.owner(key))]


def elsewhere(cluster: Cluster, key: str) -> str:
    """Find a partition that another primary has."""
    own = cluster.owner(key)
    return next(root for root in ROOTS if cluster.owner(root) is not own)


def joined(root: str, name: str = "acme") -> Call:
    return Call("roster_join", root, (name,))


@pytest.mark.parametrize("root", ROOTS)
def test_a_write_waits_for_the_replica_of_its_own_primary(
    made: Cluster, client: redis.Redis, root: str
) -> None:
    stream = keys.events(root)
    hasty, patient = (Scripts(client, durability=one) for one in (HASTY, PATIENT))

    patient.write(("XADD", stream, "*", "event", "{}"))
    with replica_of(made, root).frozen():
        with pytest.raises(UnconfirmedError, match="0 of 1 replicas"):
            hasty.write(("XADD", stream, "*", "event", "{}"))
        patient.write(("XADD", keys.events(elsewhere(made, root)), "*", "event", "{}"))

    # It was in doubt, and not refused.
    assert client.xlen(stream) == 2


def test_scripts_of_several_primaries_wait_for_the_replicas_of_all(
    made: Cluster, client: redis.Redis
) -> None:
    calls = [joined(root) for root in ROOTS]
    hasty, patient = (Scripts(client, durability=one) for one in (HASTY, PATIENT))

    _, before = patient.run_confirmed(calls)
    with replica_of(made, ROOTS[-1]).frozen():
        # They write nothing any more, and are not confirmed for that.
        _, meanwhile = hasty.run_confirmed(calls)

    assert (before, meanwhile) == (True, False)


def test_where_a_slot_has_moved_to_its_new_primarys_replica_is_waited_for(
    made: Cluster, client: redis.Redis
) -> None:
    root = ROOTS[0]
    hasty = Scripts(client, durability=HASTY)
    hasty.run_confirmed([joined(root)])
    target = made.owner(elsewhere(made, root))
    made.move(root, target)

    with replica_of(made, root).frozen():
        _, kept = hasty.run_confirmed([joined(root, "zeta")])

    assert not kept
    assert client.smembers(keys.endpoints(root)) == {b"acme", b"zeta"}


class Answering:
    """Nodes of which each answers what it is given, one batch after the other."""

    def __init__(self, *batches: Sequence[Any]) -> None:
        self.batches = list(batches)
        self.sent_to: list[tuple[Host, list[str], list[bool]]] = []
        self.now = Host("old", 1)

    def host(self, slot: int) -> Host:  # noqa: ARG002 (of every slot)
        return self.now

    def moved(self, slot: int, host: Host) -> None:  # noqa: ARG002 (of every slot)
        self.now = host

    def doubt(self, host: Host) -> None:
        """It is asked again all the same."""

    def sent(
        self, host: Host, commands: Sequence[Command], asking: Sequence[bool]
    ) -> list[Any]:
        self.sent_to.append((host, [str(one[0]) for one in commands], list(asking)))
        return list(self.batches.pop(0))


CONFIRMED = [("EVALSHA", "sha", 1, "{wb:0}:"), ("SET", "{wb:0}:k", ""), ("WAIT", 1, 9)]
NEW = Host("new", 2)


@pytest.mark.parametrize(
    "first",
    [
        (TryAgainError("TRYAGAIN"), True, 1),
        (b"done", MovedError("5 new:2"), 1),
        (MovedError("5 new:2"), MovedError("5 new:2"), 0),
    ],
    ids=["script", "write", "both"],
)
def test_what_is_waited_for_is_sent_again_as_a_whole(first: tuple[Any, ...]) -> None:
    """Else a count would be of another connection than what was written."""
    nodes = Answering(first, (b"again", True, 0))
    turn, answers = Turn(CONFIRMED), [None] * 3

    turn.take(cast("Nodes", nodes), answers)
    turn.take(cast("Nodes", nodes), answers)

    assert [words for _, words, _ in nodes.sent_to] == [["EVALSHA", "SET", "WAIT"]] * 2
    assert answers == [b"again", True, 0]
    assert turn.left == []
