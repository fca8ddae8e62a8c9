"""After Redis' clock was set back nothing waits for longer than it was to wait."""

from typing import Any

import pytest
import redis

from tests.ledger import acts
from tests.ledger.clock import Clocked, World
from workers.ledger import keys
from workers.ledger.claims import Claims
from workers.ledger.identity.heartbeats import Heartbeat, Heartbeats
from workers.ledger.restore.moments import MEMBERS, PAGE, Furthest, Moments
from workers.ledger.views.gates import gate_states

HOUR = 3_600_000
LONGEST, LEASE = 7_200_000, 600_000


def moments(world: World) -> Moments:
    scripts = Clocked(world.redis, world.clock)
    furthest = Furthest(LONGEST, LEASE)
    return Moments(world.redis, world.partitions, ["deck"], furthest, scripts)


def scores(redis: redis.Redis, kind: str = "due") -> list[float]:
    found: Any = redis.zrange(f"{{wb:0}}:{kind}:deck", 0, -1, withscores=True)
    return sorted(score for _, score in found)


def far(world: World, kind: str, *ahead: int) -> None:
    """Items with moments so many ms ahead; nothing else is of matter."""
    world.redis.sadd("{wb:0}:destinations", "deck")
    now = world.clock.now_ms
    members = {f"delivery:{n}": now + ms for n, ms in enumerate(ahead)}
    world.redis.zadd(f"{{wb:0}}:{kind}:deck", members)


def test_what_waits_and_what_is_leased_comes_nearer_by_the_step(
    cut_world: World,
) -> None:
    world = cut_world
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    acts.settle(world, hint, acts.AGAIN)
    acts.admit(world, acts.link("L2"), number="B")
    world.clock.advance(-HOUR)

    moments(world).shift(HOUR)

    assert acts.due_in(world, "deck", "delivery:L1") == 10_000
    world.clock.advance(world.retention.lease)
    ended = acts.claim(world, number="B").claims
    assert "delivery:L2" in [one.ref for one in ended]


def test_what_is_due_already_stays_as_it_is(world: World) -> None:
    far(world, "due", -5_000, 1, 5_000)

    moments(world).shift(HOUR)

    now = world.clock.now_ms
    assert scores(world.redis) == [now - HOUR + 1, now - HOUR + 5_000, now - 5_000]


def test_very_many_are_shifted_once_each(world: World) -> None:
    count = 3 * MEMBERS
    far(world, "due", *range(2 * HOUR, 2 * HOUR + count))

    moments(world).shift(HOUR)

    first = world.clock.now_ms + HOUR
    assert scores(world.redis) == [first + n for n in range(count)]


@pytest.mark.parametrize(("kind", "most"), [("due", LONGEST), ("leased", LEASE)])
def test_what_lies_further_ahead_than_any_pause_is_pulled_in(
    world: World, kind: str, most: int
) -> None:
    far(world, kind, -1, most, most + 1, 100 * HOUR)

    moments(world).pull_in()

    now = world.clock.now_ms
    assert scores(world.redis, kind) == [now - 1, now + most, now + most, now + most]


def test_release_looks_when_it_was_to_look(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    acts.settle(world, hint, acts.AGAIN)
    # As it is before the rounds come by that put the destinations in order.
    claims = Claims(world.scripts, world.retention, ordered=0)
    claims.ready()
    world.clock.advance(-HOUR)

    moments(world).shift(HOUR)

    assert claims.ready().seconds == 10.0
    world.clock.advance(10_000)
    assert [one.due for one in claims.ready().work] == [1]


def test_many_destinations_are_all_put_right(world: World) -> None:
    names = [f"ingram/{n}" for n in range(2 * PAGE)]
    world.redis.sadd("{wb:0}:destinations", *names)
    at = world.clock.now_ms + 100 * HOUR
    for name in names:
        world.redis.zadd(f"{{wb:0}}:due:{name}", {"delivery:1": at})

    moments(world).shift(HOUR)
    shifted = {world.redis.zscore(f"{{wb:0}}:due:{one}", "delivery:1") for one in names}
    moments(world).pull_in()
    near = {world.redis.zscore(f"{{wb:0}}:due:{one}", "delivery:1") for one in names}

    assert shifted == {at - HOUR}
    assert near == {world.clock.now_ms + LONGEST}


def test_a_closed_gate_opens_when_it_was_to_open(world: World) -> None:
    world.gates.close("deck", 60.0, "http_429")
    world.clock.advance(-HOUR)

    moments(world).shift(HOUR)

    state = gate_states(world.redis, ["deck"], world.clock.now_ms)["deck"]
    assert state.until_ms == world.clock.now_ms + 60_000
    assert state.why == "http_429"
    world.clock.advance(60_000)
    assert world.gates.ask("deck", 1).calls == 1


def test_no_gate_stays_closed_for_longer_than_any_pause(world: World) -> None:
    now = world.clock.now_ms
    far_off = now + 9 * HOUR
    world.redis.hset(
        keys.gate("deck"),
        mapping={"until": far_off, "paced": far_off, "failures": 3},
    )

    moments(world).pull_in()

    state = gate_states(world.redis, ["deck"], now)["deck"]
    assert (state.until_ms, state.paced_ms) == (now + LONGEST, now + LONGEST)
    assert state.failures == 3


def test_a_gate_that_is_not_there_is_not_made(world: World) -> None:
    moments(world).pull_in()

    assert not world.redis.exists(keys.gate("deck"))


def test_a_worker_that_died_before_the_clock_was_set_back_is_not_alive(
    world: World,
) -> None:
    scripts = Clocked(world.redis, world.clock)
    Heartbeats(world.redis, scripts).beat("dead", Heartbeat("dead@h"))
    world.clock.advance(-HOUR)

    # Another worker, whose first word drops those of whom nothing is heard.
    Heartbeats(world.redis, scripts).beat("alive", Heartbeat("alive@h"))

    assert set(world.redis.hgetall(keys.WORKERS)) == {b"alive"}


def test_a_word_from_before_the_clock_was_set_back_counts_no_longer(
    redis: redis.Redis,
) -> None:
    seconds, _ = redis.time()
    ahead = (seconds + 3600) * 1000
    redis.hset(keys.WORKERS, "dead", f'{ahead} {{"name": "dead@h"}}')

    assert Heartbeats(redis).alive() == ()
