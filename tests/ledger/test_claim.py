"""What is due is leased, what was lost is leased again, within the limits."""

from dataclasses import replace

import structlog

from serializers.timeline.codes import Code, note
from tasks.destination import Destination
from tasks.ledger_values import Hint
from tests.defaults import destination, retry
from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.places import where

LEASE = 60_000


def waiting(world: World, *names: str) -> None:
    """Deliveries of one order each, due a ms apart."""
    acts.disable(world, "deck")
    for name in names:
        acts.admit(world, acts.link(name), number=name)
        world.clock.advance(1)
    acts.enable(world, "deck")


def refs(world: World, most: int = 10) -> list[str]:
    return [one.ref for one in acts.claim(world, most=most).claims]


def test_what_is_due_longest_is_claimed_first(world: World) -> None:
    waiting(world, "B", "A", "C")

    assert refs(world, 2) == ["delivery:B", "delivery:A"]
    assert refs(world) == ["delivery:C"]
    assert refs(world) == []


def test_ended_leases_go_before_what_is_due(world: World) -> None:
    waiting(world, "A", "B")
    refs(world, 1)
    world.clock.advance(LEASE)

    assert refs(world, 1) == ["delivery:A"]
    assert refs(world, 1) == ["delivery:B"]


def test_a_lease_is_not_claimed_before_it_ends(world: World) -> None:
    waiting(world, "A")
    refs(world)

    world.clock.advance(LEASE - 1)
    early = refs(world)
    world.clock.advance(1)

    assert early == []
    assert refs(world) == ["delivery:A"]


def test_no_more_is_leased_than_the_destination_allows(world: World) -> None:
    names = [f"L{n}" for n in range(10)]
    waiting(world, *names)

    assert len(refs(world)) == 8
    assert refs(world) == []
    assert world.redis.zcard("{wb:0}:leased:deck") == 8


def test_a_thread_claims_no_more_than_the_destination_allows(world: World) -> None:
    waiting(world, *[f"L{n}" for n in range(10)])
    here = Hint("deck", 0, ())

    assert len(world.ledger.claim(here, 10)) == 8
    assert world.ledger.claim(here, 10) == ()


def test_ended_leases_are_claimed_again_although_there_is_no_room(
    world: World,
) -> None:
    waiting(world, *[f"L{n}" for n in range(10)])
    refs(world)
    world.clock.advance(LEASE)

    assert len(refs(world)) == 8
    assert world.redis.zcard("{wb:0}:leased:deck") == 8


WIDE = destination("deck", retry((5.0,)), per_call=3, soon_seconds=10)


def due_in(world: World, **seconds: float) -> None:
    """Deliveries that are due in so many seconds, by their name."""
    waiting(world, *seconds)
    for name, after in seconds.items():
        score = {f"delivery:{name}": world.clock.now_ms + int(after * 1000)}
        world.redis.zrem("{wb:0}:leased:deck", f"delivery:{name}")
        world.redis.zadd("{wb:0}:due:deck", score)
        world.redis.hset(f"{{wb:0}}:delivery:{name}", "state", "due")


def wide(world: World, most: int = 10, known: Destination = WIDE) -> list[str]:
    claims = world.claims.claim(known, 0, most, 8).claims
    return [one.ref.removeprefix("delivery:") for one in claims]


def test_a_call_that_is_not_full_is_filled_with_what_is_due_soon(world: World) -> None:
    due_in(world, L1=0, L2=9, L3=10, L4=9.5)

    assert wide(world) == ["L1", "L2", "L4"]


def test_what_is_due_soon_starts_no_call(world: World) -> None:
    due_in(world, L1=1, L2=2)

    assert wide(world) == []


def test_what_is_not_due_soon_fills_no_call(world: World) -> None:
    due_in(world, L1=0, L2=10.001)

    assert wide(world) == ["L1"]


PATIENT = replace(WIDE, soon_share=0.25)


def looked(world: World, **seconds: float) -> None:
    """So many seconds ago these were looked at."""
    for name, ago in seconds.items():
        moment = world.clock.now_ms - int(ago * 1000)
        world.redis.hset(f"{{wb:0}}:delivery:{name}", "looked", moment)


def test_a_call_is_filled_with_what_has_waited_most_of_its_pause(world: World) -> None:
    due_in(world, L1=0, L2=100, L3=101)
    looked(world, L2=300, L3=300)

    assert wide(world, known=PATIENT) == ["L1", "L2"]


def test_a_short_pause_holds_nothing_back_behind_it(world: World) -> None:
    due_in(world, L1=0, L2=50, L3=60, L4=70)
    looked(world, L2=10, L3=10, L4=600)

    assert wide(world, known=PATIENT) == ["L1", "L4"]


def test_what_was_never_looked_at_has_no_pause_to_shorten(world: World) -> None:
    due_in(world, L1=0, L2=11)

    assert wide(world, known=PATIENT) == ["L1"]


def test_a_claim_asks_three_for_each_place_it_has_to_fill(world: World) -> None:
    due_in(world, L0=0, **{f"L{n}": 20.0 + n for n in range(1, 8)})
    looked(world, L6=600, L7=600)

    assert wide(world, known=PATIENT) == ["L0", "L6"]


def test_a_full_call_takes_nothing_before_its_time(world: World) -> None:
    due_in(world, L1=0, L2=0, L3=0, L4=1)

    assert wide(world) == ["L1", "L2", "L3"]


def test_a_pause_after_a_failure_is_never_cut_short(world: World) -> None:
    due_in(world, L1=0, L2=1)
    world.redis.hset("{wb:0}:delivery:L2", "tries", 1)
    looked(world, L2=600)

    assert wide(world, known=PATIENT) == ["L1"]


def test_no_more_is_claimed_than_was_asked_for(world: World) -> None:
    due_in(world, L1=0, L2=1, L3=2)

    assert wide(world, most=2) == ["L1", "L2"]


def test_each_claim_raises_the_fence(world: World) -> None:
    fences = [acts.admit(world, acts.link()).leased[0].claims[0].fence]

    for _ in range(3):
        world.clock.advance(LEASE)
        fences += [one.fence for one in acts.claim(world).claims]

    assert fences == [1, 2, 3, 4]


def test_a_lease_that_ends_before_begin_costs_nothing(world: World) -> None:
    acts.admit(world, acts.link())

    for _ in range(5):
        world.clock.advance(LEASE)
        acts.claim(world)

    assert acts.field(world, "delivery:L1", "tries") == "0"
    assert acts.field(world, "delivery:L1", "history") == ""
    assert acts.counted(world, "ambiguous") == 0


def test_a_deliverys_lease_that_ends_in_sending_is_ambiguous(world: World) -> None:
    acts.sent(world, acts.admit(world, acts.link()).leased[0])
    world.clock.advance(LEASE)

    acts.claim(world)

    assert acts.counted(world, "ambiguous") == 1
    assert acts.field(world, "delivery:L1", "tries") == "1"
    assert "ambiguous" in acts.field(world, "delivery:L1", "history")
    assert acts.timeline(world)[-1] == note(Code.AMBIGUOUS, "delivery:L1")


def test_a_watchs_lease_that_ends_in_sending_is_not_ambiguous(world: World) -> None:
    acts.sent(world, acts.watch(world))
    world.clock.advance(LEASE)

    hint = acts.claim(world, "westcon")

    assert [one.fence for one in hint.claims] == [2]
    assert acts.counted(world, "ambiguous") == 0
    assert acts.field(world, "watch:westcon:SO-1", "tries") == "1"


def test_a_superseded_link_ends_with_its_lease(world: World) -> None:
    acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    acts.admit(world, acts.link("L2"))
    world.clock.advance(LEASE)

    hint = acts.claim(world)

    assert [one.ref for one in hint.claims] == ["delivery:L2"]
    assert acts.state(world, "delivery:L1") == "superseded"
    assert where(world.redis, "delivery:L1") == ["ended"]
    assert acts.counted(world, "ambiguous") == 1
    assert acts.counted(world, "ambiguous:worker") == 1


def test_an_order_counts_a_link_that_ended_with_its_lease(world: World) -> None:
    acts.sent(world, acts.admit(world, acts.link("L1")).leased[0])
    acts.admit(world, acts.link("L2"))
    before = acts.field(world, "order:SO-1", "open")
    world.clock.advance(LEASE)

    acts.claim(world)

    assert (before, acts.field(world, "order:SO-1", "open")) == ("2", "1")


def test_a_leased_name_without_an_item_is_forgotten(world: World) -> None:
    world.redis.zadd("{wb:0}:leased:deck", {"delivery:lost": 1})

    assert acts.claim(world).claims == ()
    assert world.redis.exists("{wb:0}:leased:deck") == 0
    assert world.redis.exists("{wb:0}:delivery:lost") == 0


def test_what_is_handed_back_rests_as_long_as_it_should(world: World) -> None:
    waiting(world, "A")
    hint = acts.claim(world)

    world.ledger.hand_back(hint, hint.claims, after=2.5)

    world.clock.advance(2_499)
    assert refs(world) == []
    world.clock.advance(1)
    assert refs(world) == ["delivery:A"]


def test_release_is_shown_how_many_leases_have_ended_and_what_is_due(
    world: World,
) -> None:
    waiting(world, "A", "B", "C")
    acts.claim(world, most=1)
    world.clock.advance(LEASE)
    world.redis.zadd("{wb:0}:due:deck", {"delivery:C": world.clock.now_ms + 1})

    (work,) = (one for one in world.claims.work() if one.destination == "deck")

    assert (work.leased, work.ended, work.due) == (1, 1, 1)


def test_an_attempt_whose_worker_is_gone_has_its_line_by_who_takes_it_again(
    world: World,
) -> None:
    acts.sent(world, acts.admit(world, acts.link()).leased[0])
    watch = acts.sent(world, acts.watch(world, "SO-2"))
    acts.admit(world, acts.notification(), number="SO-3")
    world.clock.advance(world.retention.lease + 1)

    with structlog.testing.capture_logs() as lines:
        for name in ("deck", "westcon", "ingram/acme", "deck"):
            acts.claim(world, name)

    found = [
        (one["destination"], one["item"], one["order"], one["attempt"])
        for one in lines
        if one["event"] == "attempt_unended"
    ]
    assert found == [
        ("deck", "delivery:L1", "SO-1", 1),
        ("westcon", watch.claims[0].ref, "SO-2", 1),
    ]
