"""A record that this release cannot read harms nobody but its order."""

import redis

from tasks.ledger_values import Look, Unreadable
from tests.ledger import acts
from tests.ledger.clock import World


def test_the_others_of_a_hint_are_begun(redis: redis.Redis, world: World) -> None:
    watches = [acts.watch(world, "SO-1"), acts.watch(world, "SO-2")]
    hint = acts.joined(watches)
    redis.set("{wb:0}:record:SO-1", b"[99]")

    broken, whole = world.ledger.begin(hint, hint.claims, "run")

    assert isinstance(broken, Unreadable)
    assert "layout 99" in broken.why
    assert isinstance(whole, Look)


def test_the_others_of_a_batch_are_read(redis: redis.Redis, world: World) -> None:
    acts.watch(world, "SO-1")
    acts.watch(world, "SO-2")
    redis.set("{wb:0}:record:SO-1", b"not a record")

    broken, whole = world.ledger.orders(["SO-1", "SO-2"])

    assert broken.order is None
    assert broken.unreadable
    assert whole.order is not None
