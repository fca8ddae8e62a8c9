"""A key that is not what it should be harms its own order, and nobody beside it."""

from dataclasses import replace

import pytest
import redis
from redis.exceptions import ResponseError

from serializers.timeline.codes import Code, note
from tasks.ledger_values import Delivery, Hint, Look, Unreadable, WatchMove, WriteResult
from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.nodes import configure

#: Keys of SO-1 in the place of which somebody has put something of another kind.
KEYS = ("order:SO-1", "record:SO-1", "lane:4:SO-1deck", "delivery:L-SO-1")


def spoil(client: redis.Redis, key: str) -> None:
    client.delete(f"{{wb:0}}:{key}")
    client.sadd(f"{{wb:0}}:{key}", "something else")


@pytest.mark.parametrize("key", KEYS)
def test_the_other_events_of_the_batch_are_admitted_and_hinted_at(
    redis: redis.Redis, world: World, key: str
) -> None:
    numbers = ("SO-0", "SO-1", "SO-2")
    batch = [
        acts.admission(world, [acts.link(f"L-{n}")], n, WatchMove.START)
        for n in numbers
    ]
    spoil(redis, key)

    written = world.ledger.admit(batch)

    good, bad, last = written
    assert [good.verdict, last.verdict] == [WriteResult.ADMITTED] * 2
    assert all(
        {h.destination for h in w.leased} == {"deck", "westcon"} for w in (good, last)
    )
    if bad.verdict is WriteResult.FAULTY:
        assert "WRONGTYPE" in bad.fault
        # Nothing of it was written, so that it is not known when it comes again.
        assert not redis.exists(f"{{wb:0}}:seen:{batch[1].digest}")
        assert not redis.exists("{wb:0}:log:SO-1")
    else:
        assert key == "delivery:L-SO-1"


def test_what_cannot_be_written_is_one_admissions_fault(world: World) -> None:
    good, bad = acts.admission(world, number="SO-0"), acts.admission(world)
    bad = replace(bad, order=bad.order._replace(purchase_order="\ud800"))

    written = world.ledger.admit([bad, good])

    assert [one.verdict for one in written] == [
        WriteResult.FAULTY,
        WriteResult.ADMITTED,
    ]
    assert written[0].fault == "unexpected UnicodeEncodeError"


def test_half_a_surrogate_pair_in_the_timeline_is_written_down(world: World) -> None:
    one = replace(acts.admission(world), notes=(note(Code.PLACED, "\ud800"),))

    assert world.ledger.admit([one])[0].verdict is WriteResult.ADMITTED

    assert acts.timeline(world) == [note(Code.PLACED, r"\ud800")]


@pytest.mark.parametrize("key", ["order:SO-1", "record:SO-1", "log:SO-1"])
def test_the_other_looks_of_a_hint_are_begun_recorded_and_claimed_again(
    redis: redis.Redis, world: World, key: str
) -> None:
    hint = acts.joined([acts.watch(world, f"SO-{n}") for n in range(3)])
    spoil(redis, key)

    begun = acts.begin(world, hint)

    good = [one for one in begun if isinstance(one, Look)]
    assert {"SO-0", "SO-2"} <= {one.order.number for one in good}
    everybody = Hint("westcon", 0, hint.claims)
    settlements = [
        replace(acts.settlement(hint, acts.AGAIN), claim=c) for c in hint.claims
    ]
    world.ledger.settle(everybody, "run", settlements)
    world.clock.advance(20_000)
    claimed = {claim.ref for claim in acts.claim(world, "westcon").claims}
    assert {"watch:westcon:SO-0", "watch:westcon:SO-2"} <= claimed


@pytest.mark.parametrize("fence", ["x", "1.5", None])
def test_an_item_that_cannot_be_leased_holds_up_nobody(
    redis: redis.Redis, world: World, fence: str | None
) -> None:
    for n in range(3):
        acts.watch(world, f"SO-{n}")
    if fence is None:
        spoil(redis, "order:SO-1")
    else:
        redis.hset("{wb:0}:order:SO-1", "fence", fence)
    world.clock.advance(world.retention.lease)

    claimed = acts.claim(world, "westcon")

    assert [one.ref for one in claimed.claims] == [
        "watch:westcon:SO-0",
        "watch:westcon:SO-2",
    ]
    assert acts.claim(world, "westcon").claims == ()


def test_the_other_orders_of_a_batch_are_read(redis: redis.Redis, world: World) -> None:
    for n in range(4):
        acts.watch(world, f"SO-{n}")
    spoil(redis, "order:SO-1")
    spoil(redis, "record:SO-2")
    redis.hset("{wb:0}:order:SO-3", "version", "x")

    held = world.ledger.orders([f"SO-{n}" for n in range(4)])

    assert [one.damaged for one in held] == [False, True, True, True]
    assert held[0].order is not None
    assert all(one.unreadable for one in held[1:])


def test_a_record_of_a_newer_release_is_not_damaged(
    redis: redis.Redis, world: World
) -> None:
    acts.watch(world)
    redis.set("{wb:0}:record:SO-1", b"[99]")

    (held,) = world.ledger.orders(["SO-1"])

    assert held.unreadable
    assert not held.damaged


@pytest.mark.parametrize(
    ("name", "value"), [("kind", b"parcel"), ("kind", b"\xff"), ("order", b"\xff")]
)
def test_a_delivery_that_cannot_be_read_is_begun_as_such(
    redis: redis.Redis, world: World, name: str, value: bytes
) -> None:
    orders = {"L1": "SO-1", "L2": "SO-2"}
    hint = acts.joined(
        [acts.admit(world, acts.link(i), number=n).leased[0] for i, n in orders.items()]
    )
    redis.hset("{wb:0}:delivery:L1", name, value)

    bad, good = acts.begin(world, hint)

    assert isinstance(bad, Unreadable)
    assert bad.why
    assert isinstance(good, Delivery)


def test_redis_in_trouble_is_nobodys_own_fault(
    redis: redis.Redis, world: World
) -> None:
    one = acts.admission(world)
    configure(redis, "maxmemory", 1)
    try:
        with pytest.raises(ResponseError, match="maxmemory"):
            world.ledger.admit([one])
    finally:
        configure(redis, "maxmemory", 0)


def test_the_others_of_a_hint_are_handed_back(redis: redis.Redis, world: World) -> None:
    hint = acts.joined([acts.watch(world, f"SO-{n}") for n in range(3)])
    spoil(redis, "order:SO-1")

    world.ledger.hand_back(hint, hint.claims)

    refs = [one.ref for one in acts.claim(world, "westcon").claims]
    assert refs == ["watch:westcon:SO-0", "watch:westcon:SO-2"]


def test_a_name_that_is_no_text_ends_no_claim(redis: redis.Redis, world: World) -> None:
    acts.watch(world)
    redis.zadd("{wb:0}:due:westcon", {b"order:\xff": 1})
    redis.sadd("{wb:0}:destinations", b"\xff")
    world.clock.advance(world.retention.lease)

    refs = [one.ref for one in acts.claim(world, "westcon").claims]

    assert sorted(refs) == [r"order:\xff", "watch:westcon:SO-1"]
    assert {one.destination for one in world.claims.work()} >= {"westcon"}
