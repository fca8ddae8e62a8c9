"""One event becomes durable, once, and whole."""

from dataclasses import replace

import pytest
import redis
from redis.exceptions import ResponseError

from serializers.events.entry_fields import of_event
from serializers.timeline.entry import encode
from tasks.ledger_values import Admission, WatchMove, WriteResult, Written
from tests.ledger import acts
from tests.ledger.clock import World, build
from tests.ledger.nodes import configure
from tests.ledger.places import broken, where
from workers.ledger import keys


def test_the_same_event_again_is_a_duplicate_and_changes_nothing(world: World) -> None:
    one = acts.admission(world, [acts.link()], digest="d")
    world.ledger.admit([one])
    before = world.redis.dump("{wb:0}:order:SO-1")

    again = world.ledger.admit([replace(one, version=1)])

    assert again[0].verdict is WriteResult.DUPLICATE
    assert again[0].leased == ()
    assert world.redis.dump("{wb:0}:order:SO-1") == before
    assert world.redis.zcard("{wb:0}:leased:deck") == 1


def test_the_same_id_with_another_meaning_is_a_conflict_and_changes_nothing(
    world: World,
) -> None:
    one = acts.admission(world, digest="d")
    world.ledger.admit([one])

    other = replace(one, mark="2:other", version=1)
    again = world.ledger.admit([replace(other, deliveries=(acts.link(),))])

    assert again[0] == Written(WriteResult.CONFLICT, seen="2:meaning")
    assert world.ledger.orders(["SO-1"])[0].version == 1
    assert where(world.redis, "delivery:L1") == []


def test_a_mark_of_the_release_before_makes_the_event_a_repeat(world: World) -> None:
    one = acts.admission(world, digest="d")
    world.redis.set("{wb:0}:seen:d", "0123456789abcdef" * 2)

    written = world.ledger.admit([one])

    assert written == [Written(WriteResult.DUPLICATE)]
    assert world.ledger.orders(["SO-1"])[0].version == 0


@pytest.mark.parametrize("format_", ["3:", "10:", "x:"])
def test_a_mark_of_an_unknown_format_leaves_the_event_to_others(
    world: World, format_: str
) -> None:
    one = acts.admission(world, [acts.link()], digest="d")
    world.redis.set("{wb:0}:seen:d", f"{format_}meaning")
    before = acts.everything(world)

    written = world.ledger.admit([one])

    assert written == [Written(WriteResult.NEWER)]
    assert acts.everything(world) == before


def test_a_plan_on_another_version_is_stale_and_writes_nothing(world: World) -> None:
    planned = acts.admission(world, [acts.link()], watch=WatchMove.START, digest="d")
    acts.admit(world)
    before = sorted(world.redis.scan_iter())

    written = world.ledger.admit([planned])

    assert written[0].verdict is WriteResult.STALE
    assert sorted(world.redis.scan_iter()) == before
    assert acts.state(world, "watch:westcon:SO-1") == ""


def test_a_stale_event_may_be_planned_anew(world: World) -> None:
    planned = acts.admission(world, [acts.link()], digest="d")
    acts.admit(world)
    world.ledger.admit([planned])

    written = world.ledger.admit([replace(planned, version=1)])

    assert written[0].verdict is WriteResult.ADMITTED
    assert world.ledger.orders(["SO-1"])[0].version == 2


def test_an_admission_writes_record_watch_delivery_and_timeline(world: World) -> None:
    one = acts.admission(world, [acts.link()], watch=WatchMove.START)

    world.ledger.admit([one])

    held = world.ledger.orders(["SO-1"])[0]
    assert (held.order, held.version) == (one.order, 1)
    assert where(world.redis, "watch:westcon:SO-1") == ["leased"]
    assert where(world.redis, "delivery:L1") == ["leased"]
    assert acts.field(world, "delivery:L1", "payload") == "link"
    entry = world.clock.now_ms.to_bytes(6, "big") + encode([acts.EVENT])
    assert world.redis.lrange("{wb:0}:log:SO-1", 0, -1) == [entry]


def test_a_timeline_keeps_its_newest_lines(world: World) -> None:
    for _ in range(world.retention.timeline + 5):
        acts.admit(world)

    assert world.redis.llen("{wb:0}:log:SO-1") == world.retention.timeline


def test_a_look_needs_a_watch(world: World) -> None:
    acts.admit(world, watch=WatchMove.LOOK)

    assert acts.state(world, "watch:westcon:SO-1") == ""
    assert where(world.redis, "watch:westcon:SO-1") == []


def test_a_look_does_not_revive_an_ended_watch(world: World) -> None:
    acts.watch(world)
    acts.admit(world, watch=WatchMove.END)

    acts.admit(world, watch=WatchMove.LOOK)

    assert where(world.redis, "watch:westcon:SO-1") == ["ended"]


def test_a_look_ends_the_wait_of_a_watch_and_gives_its_attempts_back(
    world: World,
) -> None:
    hint = acts.sent(world, acts.watch(world))
    acts.settle(world, hint, acts.AGAIN)

    written = acts.admit(world, watch=WatchMove.LOOK)

    assert [one.claims[0].fence for one in written.leased] == [2]
    assert acts.field(world, "watch:westcon:SO-1", "tries") == "0"
    assert broken(world.redis) == []


def test_a_start_revives_a_dead_watch(world: World) -> None:
    hint = acts.sent(world, acts.watch(world))
    acts.settle(world, hint, acts.GIVE_UP)

    acts.admit(world, watch=WatchMove.START)

    assert where(world.redis, "watch:westcon:SO-1") == ["leased"]
    assert acts.field(world, "watch:westcon:SO-1", "why") == ""


def test_an_end_takes_a_watch_out_of_every_place(world: World) -> None:
    for number, prepare in (("leased", 0), ("due", 1), ("sending", 2), ("dead", 3)):
        hint = acts.watch(world, number)
        if prepare == 1:
            world.ledger.hand_back(hint, hint.claims)
        if prepare > 1:
            acts.sent(world, hint)
        if prepare > 2:
            acts.settle(world, hint, acts.GIVE_UP)

        acts.admit(world, number=number, watch=WatchMove.END)

        assert where(world.redis, f"watch:westcon:{number}") == ["ended"]


def test_a_delivery_that_is_there_already_stays_as_it_is(world: World) -> None:
    hint = acts.admit(world, acts.notification()).leased[0]
    acts.settle(world, acts.sent(world, hint), acts.AGAIN)

    written = acts.admit(world, acts.notification())

    assert written.leased == ()
    assert where(world.redis, "delivery:N1") == ["due"]
    assert acts.field(world, "delivery:N1", "tries") == "1"
    assert world.redis.llen("{wb:0}:lane:4:SO-1ingram/acme") == 1


def test_an_entry_is_settled_once_however_often_its_event_is_admitted(
    world: World,
) -> None:
    one = _pending(world)

    verdicts = [world.ledger.admit([one])[0].verdict for _ in range(2)]

    assert verdicts == [WriteResult.ADMITTED, WriteResult.DUPLICATE]
    assert _settled(world) == (0, 1)


def test_what_redis_has_no_room_for_stays_pending(redis: redis.Redis) -> None:
    world = build(redis)
    one = _pending(world)
    configure(redis, "maxmemory", 1)
    try:
        with pytest.raises(ResponseError, match="maxmemory"):
            world.ledger.admit([one])
    finally:
        configure(redis, "maxmemory", 0)

    assert _settled(world) == (1, 0)


def test_a_full_redis_acknowledges_an_event_that_it_has(redis: redis.Redis) -> None:
    world = build(redis)
    one = _pending(world)
    world.ledger.admit([replace(one, entry="")])
    configure(redis, "maxmemory", 1)
    try:
        (again,) = world.ledger.admit([one])
    finally:
        configure(redis, "maxmemory", 0)

    assert again.verdict is WriteResult.DUPLICATE
    assert _settled(world) == (0, 1)


def test_a_buried_event_is_settled_once(world: World) -> None:
    one = _pending(world)

    for _ in range(2):
        world.ledger.bury_event(one.entry, of_event(b"{}"), "why", "malformed")

    assert _settled(world) == (0, 1)


def _pending(world: World) -> Admission:
    """An admission whose entry was read."""
    world.stream.make()
    entry = world.stream.publish(b"{}")
    assert world.stream.read("reader", 1, 1) == [entry]
    return replace(acts.admission(world), entry=entry)


def _settled(world: World) -> tuple[int, int]:
    """How many entries are pending, and how many the account has as settled."""
    settled = world.redis.hget(keys.account(world.stream.name, "waybill"), "settled")
    return world.stream.pending_count(), int(settled or 0)
