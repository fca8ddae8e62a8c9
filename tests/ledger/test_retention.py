"""What the ledger keeps, and for how long: nothing that has ended stays for ever."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import redis
from redis.exceptions import ResponseError

from serializers.order_record import Order
from tasks.ledger_values import WatchMove
from tests.ledger import acts
from tests.ledger.clock import World, is_clock
from tests.ledger.nodes import configure
from workers.redis.answers import text

WEEK_MS = 604_800_000
MONTH_MS = 2_592_000_000
SLACK_MS = 10_000

ORDER = ("{wb:0}:log:SO-1", "{wb:0}:order:SO-1", "{wb:0}:record:SO-1")


def lives(client: redis.Redis) -> dict[str, int]:
    """Every key's time to live in ms, -1 for ever; without the test's own clock."""
    names = sorted(text(key) for key in client.scan_iter(count=1000))
    return {name: int(client.pttl(name)) for name in names if not is_clock(name)}


def kept_for_ever(client: redis.Redis) -> set[str]:
    return {name for name, life in lives(client).items() if life == -1}


def about(life: int, wanted: int) -> bool:
    return wanted - SLACK_MS < life <= wanted


def test_an_events_id_is_remembered_for_the_dedup_window(world: World) -> None:
    world.ledger.admit([acts.admission(world, digest="d")])

    assert about(lives(world.redis)["{wb:0}:seen:d"], WEEK_MS)


def test_a_watched_order_is_kept_for_ever(world: World) -> None:
    acts.admit(world)
    acts.watch(world)

    assert set(ORDER) <= kept_for_ever(world.redis)


@pytest.mark.parametrize("end", ["never watched", "cancelled", "all seen", "discarded"])
def test_an_order_that_is_not_watched_is_kept_for_its_retention(
    world: World, end: str
) -> None:
    if end == "never watched":
        acts.admit(world)
    else:
        hint = acts.sent(world, acts.watch(world))
    if end == "cancelled":
        acts.admit(world, watch=WatchMove.END)
    elif end == "all seen":
        seen = acts.seen(world, hint, next_look=None)
        world.ledger.advance(hint, "run", [seen])
    elif end == "discarded":
        acts.settle(world, hint, acts.GIVE_UP)
        world.letters.discard("watch:westcon:SO-1")

    assert all(about(lives(world.redis)[key], MONTH_MS) for key in ORDER)


def test_a_dead_watch_is_kept_until_somebody_decides(world: World) -> None:
    hint = acts.sent(world, acts.watch(world))
    acts.settle(world, hint, acts.GIVE_UP)

    assert set(ORDER) <= kept_for_ever(world.redis)


def test_an_ended_watch_that_starts_again_is_kept(world: World) -> None:
    acts.watch(world)
    acts.admit(world, watch=WatchMove.END)

    acts.watch(world)

    assert set(ORDER) <= kept_for_ever(world.redis)


def test_a_delivery_is_kept_until_it_has_ended_and_then_for_its_retention(
    world: World,
) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    for outcome in (acts.AGAIN, acts.GIVE_UP):
        acts.settle(world, hint, outcome)
        assert "{wb:0}:delivery:L1" in kept_for_ever(world.redis)
        world.clock.advance(10_000)
        hint = acts.joined([hint, acts.claim(world)])

    acts.settle(world, hint, acts.DONE)

    assert about(lives(world.redis)["{wb:0}:delivery:L1"], WEEK_MS)


@pytest.mark.parametrize("end", ["superseded", "discarded"])
def test_a_delivery_that_nobody_wants_goes_too(world: World, end: str) -> None:
    if end == "superseded":
        acts.admit(world, acts.link("L1"))
        acts.admit(world, acts.link("L2"))
    else:
        acts.dead(world, acts.link("L1"))
        world.letters.discard("delivery:L1")

    assert about(lives(world.redis)["{wb:0}:delivery:L1"], WEEK_MS)


def test_when_all_of_an_order_has_ended_nothing_is_kept_for_ever(
    world: World,
) -> None:
    hint = acts.sent(world, acts.watch(world))
    changed = Order("SO-1", purchase_order="PO", changed_ms=1)
    new = (acts.link("L1"), acts.notification("N1"), acts.notification("N2"))
    seen = acts.seen(world, hint, *new, order=changed, next_look=None)
    link, reported = world.ledger.advance(hint, "run", [seen])[0].leased
    acts.settle(world, acts.sent(world, link), acts.GIVE_UP)
    acts.settle(world, acts.sent(world, reported), acts.DONE)
    last = acts.sent(world, acts.claim(world, "ingram/acme"))
    acts.settle(world, last, acts.AGAIN)
    acts.admit(world, acts.link("L2"))
    acts.dead(world, acts.notification("N3", "zeta"))

    world.letters.discard("delivery:L1")
    world.letters.replay("delivery:N3")
    world.clock.advance(world.retention.lease)
    for name in ("deck", "ingram/acme", "ingram/zeta"):
        acts.settle(world, acts.sent(world, acts.claim(world, name)), acts.DONE)

    assert world.claims.ready().work == ()
    # Results go by their own age (`trim_results.lua`).
    # The last failure of each destination is one entry each.
    assert kept_for_ever(world.redis) == {
        "{wb:0}:counts",
        "{wb:0}:failures",
        "{wb:0}:results",
    }


def test_a_timeline_that_starts_after_the_watch_ended_goes_with_its_order(
    world: World,
) -> None:
    silent = replace(acts.admission(world, [acts.link()]), notes=())
    hint = world.ledger.admit([silent])[0].leased[0]
    assert world.redis.exists("{wb:0}:log:SO-1") == 0

    acts.settle(world, acts.sent(world, hint), acts.DONE)

    assert about(lives(world.redis)["{wb:0}:log:SO-1"], MONTH_MS)


def test_no_timeline_is_begun_of_an_order_that_is_gone(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    world.redis.delete(*ORDER)

    acts.settle(world, hint, acts.DONE)

    assert world.redis.exists("{wb:0}:log:SO-1", "{wb:0}:order:SO-1") == 0


@pytest.fixture
def brimming(world: World) -> Iterator[World]:
    """A Redis whose memory is used up, with two links under way."""
    for number in ("A", "B", "C"):
        acts.admit(world, acts.link(f"L{number}"), number=number)
    world.clock.advance(world.retention.lease)
    hint = acts.claim(world)
    acts.sent(world, acts.only(hint, "delivery:LA"))
    acts.sent(world, acts.only(hint, "delivery:LB"))
    world.scripts.run_all([])
    configure(world.redis, "maxmemory", 1)
    yield world
    configure(world.redis, "maxmemory", 0)


@pytest.mark.parametrize("ambiguous", [False, True])
def test_a_full_redis_still_records_what_happened(
    brimming: World,
    ambiguous: bool,  # noqa: FBT001 (a parameter of the test)
) -> None:
    done = acts.hint("deck", "delivery:LA", 2)
    again = acts.hint("deck", "delivery:LB", 2)

    acts.settle(brimming, done, acts.DONE)
    acts.settle(brimming, again, replace(acts.AGAIN, ambiguous=ambiguous))

    assert acts.state(brimming, "delivery:LA") == "done"
    assert acts.state(brimming, "delivery:LB") == "due"


def test_a_full_redis_refuses_new_events_and_new_attempts_whole(
    brimming: World,
) -> None:
    before = acts.everything(brimming)
    one = acts.admission(brimming, [acts.link("L9")], watch=WatchMove.START)

    with pytest.raises(ResponseError, match="maxmemory"):
        brimming.ledger.admit([one])
    with pytest.raises(ResponseError, match="maxmemory"):
        acts.begin(brimming, acts.hint("deck", "delivery:LC", 2))

    assert acts.everything(brimming) == before


def test_an_order_whose_only_link_is_replaced_lives_on(world: World) -> None:
    acts.fill(world, "deck")
    acts.admit(world, acts.link("L1"))

    acts.admit(world, acts.link("L2"))

    assert acts.state(world, "delivery:L1") == "superseded"
    assert world.redis.pttl("{wb:0}:order:SO-1") == -1
