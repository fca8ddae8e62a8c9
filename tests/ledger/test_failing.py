"""Which items fail and come again is known: all of them, and no other."""

from typing import Any

import redis

from tasks.outcomes.outcome import Later
from tests.ledger import acts
from tests.ledger.clock import HOLDING, World, build
from tests.ledger.walk import Walk
from workers.ledger import keys
from workers.ledger.watch_hashes import hashes
from workers.redis.answers import text

STEPS = 250
ON_THE_WAY = {"due", "leased", "sending"}


def failing(client: redis.Redis, root: str) -> dict[str, float]:
    """Refs by the moment at which they began to fail."""
    found: Any = client.zrange(keys.failing(root), 0, -1, withscores=True)
    return {text(ref): since for ref, since in found}


def kept(client: redis.Redis, root: str, refs: list[str]) -> dict[str, list[str]]:
    """State and history of items."""
    places = hashes(client, root, refs)
    return {
        ref: [text(one) for one in client.hmget(places[ref], "state", "history")]
        for ref in refs
    }


def test_whatever_happens_none_is_missing_and_none_stays(redis: redis.Redis) -> None:
    world = build(redis, partitions=2, known=HOLDING)
    walk = Walk(world, 3)
    seen = 0

    for _ in range(STEPS):
        walk.steps(1)
        for root in map(keys.prefix, range(2)):
            known = failing(redis, root)
            seen += len(known)
            for ref, (state, _) in kept(redis, root, list(known)).items():
                assert state in ON_THE_WAY, f"{ref} is {state}"
            waiting = [
                text(ref)
                for key in redis.scan_iter(f"{root.replace('{', '?')}due:*")
                for ref in redis.zrange(key, 0, -1)
            ]
            for ref, (_, history) in kept(redis, root, waiting).items():
                *_, last = history.splitlines() or [""]
                # A watch that has begun anew keeps the history of the one before.
                is_delivery = ref.startswith(keys.DELIVERY_PREFIX)
                if is_delivery and last.partition(" ")[2].startswith("again "):
                    assert ref in known

    assert seen > 0


def test_the_first_failure_in_a_row_dates_it(world: World) -> None:
    root = acts.root(world)
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    acts.settle(world, hint, acts.AGAIN)
    began = world.clock.now_ms
    world.clock.advance(60_000)

    again = acts.sent(world, acts.claim(world))
    acts.settle(world, again, acts.AGAIN)

    assert failing(world.redis, root) == {"delivery:L1": began}
    world.clock.advance(60_000)
    acts.settle(world, acts.sent(world, acts.claim(world)), acts.DONE)
    assert failing(world.redis, root) == {}


def test_a_watch_fails_until_a_look_works(world: World) -> None:
    root = acts.root(world)
    acts.settle(world, acts.sent(world, acts.watch(world)), acts.AGAIN)
    assert set(failing(world.redis, root)) == {"watch:westcon:SO-1"}
    world.clock.advance(60_000)

    hint = acts.sent(world, acts.claim(world, "westcon"))
    world.ledger.advance(hint, "run", [acts.seen(world, hint)])

    assert failing(world.redis, root) == {}


def test_what_only_waits_or_is_given_up_does_not_fail(world: World) -> None:
    waits = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    acts.settle(world, waits, Later(9.0, "not yet", "nao"))
    fails = acts.sent(world, acts.admit(world, acts.notification()).leased[0])
    acts.settle(world, fails, acts.AGAIN)
    world.clock.advance(60_000)
    acts.settle(world, acts.sent(world, acts.claim(world, "ingram/acme")), acts.GIVE_UP)

    assert failing(world.redis, acts.root(world)) == {}
