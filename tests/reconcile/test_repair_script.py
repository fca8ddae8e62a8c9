"""Repairs on a real ledger: each once, by what is there, in the order's timeline."""

from dataclasses import replace

import pytest
import redis

from serializers.order_record import Order
from serializers.reconcile.finding import Act, Kind, Repair
from serializers.timeline.codes import Code
from serializers.timeline.entry import decode
from tasks.ledger_values import NewDelivery, WatchMove
from tests.ledger import acts
from tests.ledger.clock import World, build
from tests.ledger.results_book import contradictions, told
from workers.ledger import keys
from workers.ledger.endpoints.unknown import UnknownEndpoints
from workers.ledger.reconcile.last_run import last_run, note_run
from workers.ledger.reconcile.repairs import Repairs

ROOT = keys.prefix(0)
WATCH = keys.watch_ref("westcon", "SO-1")


@pytest.fixture
def world(redis: redis.Redis) -> World:
    return build(redis)


def order_of(world: World) -> tuple[Order, int]:
    held = world.ledger.orders(["SO-1"])[0]
    assert held.order is not None
    return held.order, held.version


def polled(world: World, why: str = "") -> str:
    repair = Repair(Act.POLL, "SO-1", why)
    repairs = Repairs(world.scripts, world.retention, world.places, "plan")
    return repairs.poll(repair, Kind.NOT_WATCHED, *order_of(world), "westcon")


def delivered(world: World, act: Act, new: NewDelivery, why: str = "") -> str:
    repair = Repair(act, "SO-1", why)
    repairs = Repairs(world.scripts, world.retention, world.places, "plan")
    return repairs.deliver(repair, Kind.NOT_RECEIVED, *order_of(world), (new,))


def timeline(world: World) -> list[Code]:
    log = world.redis.lrange(keys.timeline(ROOT, "SO-1"), 0, -1)
    return [note.code for entry in log for note in decode(entry, "SO-1").notes]  # type: ignore[arg-type] # bytes


def state(world: World, ref: str) -> str | None:
    kept = keys.order(ROOT, "SO-1") if ref == WATCH else keys.item(ROOT, ref)
    found = world.redis.hget(kept, "state")
    return found.decode() if isinstance(found, bytes) else None


@pytest.mark.parametrize("left", ["ended", "due", "leased", "sending"])
def test_a_watch_that_stands_in_no_list_looks_at_once_and_once(
    world: World, left: str
) -> None:
    acts.admit(world, watch=WatchMove.START)
    for name in ("due", "leased"):
        world.redis.delete(f"{ROOT}{name}:westcon")
    world.redis.hset(keys.order(ROOT, "SO-1"), "state", left)

    assert polled(world) == "made"
    assert world.redis.zscore(keys.due(ROOT, "westcon"), WATCH) is not None
    assert timeline(world)[-2:] == [Code.REPAIRED, Code.OF_PLAN]
    world.redis.delete(keys.due(ROOT, "westcon"))
    assert polled(world) == "known"
    assert world.redis.exists(keys.due(ROOT, "westcon")) == 0
    assert polled(world, "another occasion") == "made"


def test_a_look_under_way_is_followed_by_one_more(world: World) -> None:
    acts.admit(world, watch=WatchMove.START)

    assert polled(world) == "made"
    assert state(world, WATCH) == "leased"
    assert world.redis.hget(keys.order(ROOT, "SO-1"), "look_again") == b"1"


def test_what_was_delivered_is_sent_again_under_its_own_id(world: World) -> None:
    new = acts.notification()
    acts.settle(world, acts.sent(world, acts.admit(world, new).leased[0]), acts.DONE)
    ref = keys.delivery_ref(new.id)
    number = world.redis.hget(keys.item(ROOT, ref), "number")

    assert delivered(world, Act.NOTIFY, replace(new, payload=b"anew")) == "made"

    assert state(world, ref) == "due"
    assert world.redis.hget(keys.item(ROOT, ref), "payload") == b"anew"
    assert world.redis.hget(keys.item(ROOT, ref), "number") == number
    assert world.redis.ttl(keys.item(ROOT, ref)) == -1
    assert world.redis.hget(keys.order(ROOT, "SO-1"), "open") == b"1"
    hint = acts.claim(world, "ingram/acme")
    acts.settle(world, acts.sent(world, hint), acts.DONE)
    assert state(world, ref) == "done"
    assert delivered(world, Act.NOTIFY, new) == "known"
    assert world.redis.hget(keys.order(ROOT, "SO-1"), "open") == b"0"


def test_what_is_given_up_after_a_repair_is_another_result(world: World) -> None:
    new = acts.notification()
    acts.dead(world, new)
    world.letters.discard(keys.delivery_ref(new.id))

    assert delivered(world, Act.NOTIFY, new) == "made"
    UnknownEndpoints(world.scripts, world.retention, world.partitions).forget("acme")

    assert list(contradictions(world)) == []


def test_what_arrives_again_after_a_repair_is_another_result(world: World) -> None:
    new = acts.notification()
    acts.settle(world, acts.sent(world, acts.admit(world, new).leased[0]), acts.DONE)

    assert delivered(world, Act.NOTIFY, new) == "made"
    acts.settle(world, acts.sent(world, acts.claim(world, "ingram/acme")), acts.DONE)

    arrived = [one for one in told(world) if one.type == "notification.delivered"]
    assert len({one.event["id"] for one in arrived}) == len(arrived) == 2


def test_what_is_under_way_is_left_alone(world: World) -> None:
    new = acts.notification()
    acts.admit(world, new)

    assert delivered(world, Act.NOTIFY, new) == "busy"
    assert delivered(world, Act.NOTIFY, acts.notification("N2"), "x") == "made"
    # Behind the one that is under way, in its lane.
    assert state(world, keys.delivery_ref("N2")) == "lane"


def test_a_dead_letter_is_left_to_a_decision(world: World) -> None:
    new = acts.notification()
    acts.settle(world, acts.sent(world, acts.admit(world, new).leased[0]), acts.GIVE_UP)

    assert delivered(world, Act.NOTIFY, new) == "dead"
    assert Code.REPAIRED not in timeline(world)


def test_a_link_is_made_unless_one_is_under_way(world: World) -> None:
    hint = acts.admit(world, acts.link()).leased[0]

    assert delivered(world, Act.LINK, acts.link("L2")) == "busy"
    acts.settle(world, acts.sent(world, hint), acts.DONE)
    assert delivered(world, Act.LINK, acts.link("L2")) == "made"
    assert state(world, keys.delivery_ref("L2")) == "due"


def test_an_order_that_has_changed_or_gone_is_not_repaired(world: World) -> None:
    acts.admit(world, watch=WatchMove.START)
    order, version = order_of(world)
    repairs = Repairs(world.scripts, world.retention, world.places, "plan")
    ask = (Repair(Act.POLL, "SO-1"), Kind.BEHIND, order)

    assert repairs.poll(*ask, version + 1, "westcon") == "stale"
    world.redis.delete(keys.record(ROOT, "SO-1"))
    assert repairs.poll(*ask, version, "westcon") == "gone"


def test_a_run_and_its_repairs_are_counted(redis: redis.Redis) -> None:
    note_run(redis, 5_000, {"unknown_here": 2, "behind": 3})
    redis.hset(keys.counts(keys.prefix(1)), "repaired:publish", 1)
    redis.hset(keys.RECONCILED, "replaced:poll", 2)
    note_run(redis, 9_000, {"behind": 1})

    seen = last_run(redis, 2)

    assert (seen.at_ms, seen.lost) == (9_000, 0)
    assert seen.found["behind"] == 1
    assert seen.found["unknown_here"] == 0
    known = {Act.PUBLISH: 1, Act.POLL: 2}
    assert seen.replaced == {act: known.get(act, 0) for act in Act}
