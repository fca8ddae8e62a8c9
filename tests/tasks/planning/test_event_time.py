"""When an event is, and which of two is newer."""

from dataclasses import replace
from typing import Any

import pytest

from serializers.order_record import Stamp, pack, unpack
from serializers.timeline.codes import Code, note
from tasks.ledger_values import Held, WatchMove
from tasks.planning.event_time import AHEAD_MS, stamp_of
from tests.tasks.fakes import START_MS, World
from tests.tasks.samples import after, changed, event, order, release, reported, take_in

NOW = START_MS + 5_000

#: Years 1900, 1 and 9999, as an older release has taken them.
WRONG = (-2_208_988_800_000, -62_135_600_400_000, 253_402_214_400_000)


def test_newer_is_the_later_time_then_the_later_entry() -> None:
    early, late = event("placed", 0), event("placed", 1)

    assert stamp_of(early, "9-9", NOW) < stamp_of(late, "1-0", NOW)
    stamps = [stamp_of(early, entry, NOW) for entry in ("1-9", "1-10", "2-0")]
    assert sorted(stamps) == stamps


def test_an_event_without_a_time_is_dated_by_its_entry() -> None:
    undated = replace(event("placed"), time_ms=None)

    stamp = stamp_of(undated, f"{START_MS}-3", NOW)

    assert stamp == Stamp(START_MS, (START_MS, 3))


@pytest.mark.parametrize("ms", [0, 5, START_MS + 10**10, 2**64 - 1])
def test_an_entry_that_can_be_no_time_of_day_does_not_date_its_event(ms: int) -> None:
    undated = replace(event("placed"), time_ms=None)

    assert stamp_of(undated, f"{ms}-1", NOW) == Stamp(NOW, (ms, 1))


def test_a_time_up_to_a_day_ahead_is_taken_and_a_later_one_counts_as_now() -> None:
    ahead = replace(event("placed"), time_ms=NOW + AHEAD_MS)
    further = replace(event("placed"), time_ms=NOW + AHEAD_MS + 1)

    assert stamp_of(ahead, "1-0", NOW).time_ms == NOW + AHEAD_MS
    assert stamp_of(further, "1-0", NOW).time_ms == NOW


def test_the_timeline_states_what_became_of_a_time() -> None:
    none = replace(event("placed"), time_ms=None, null_time="1900-01-01T00:00:00Z")
    ahead = replace(changed(1, "10:SHI"), time_ms=253_402_300_799_999)

    plans, _ = after(none, ahead)

    assert note(Code.NO_TIME, "1900-01-01T00:00:00Z") in plans[0].notes
    assert plans[1].notes[-1] == note(Code.TIME_AHEAD, "253402300799999")


@pytest.mark.parametrize("wrong", WRONG)
def test_a_better_event_heals_an_order_whose_moments_are_wrong(wrong: int) -> None:
    # Published after the moment at which the better one was placed by its own time.
    stamp = Stamp(wrong, (START_MS + 9, 0))
    bad = order(
        placed_ms=wrong,
        facts_at=stamp,
        placed_at=stamp,
        customer_at=stamp,
        cancelled_at=stamp,
        cancelled=True,
        customer_id="OLD",
    )
    placed = event("placed", customer_id="NEW", purchase_order="PO-7", baseline=True)

    (plan,), _ = after(placed, held=Held(unpack(pack(bad)), 4))

    assert plan.watch is WatchMove.START
    assert not plan.order.cancelled
    assert plan.order.baseline
    assert plan.order.customer_id == "NEW"
    assert plan.order.placed_ms == plan.order.placed_at.time_ms == START_MS


def test_without_moments_an_order_is_watched_linked_and_cancelled_all_the_same() -> (
    None
):
    world = World()
    world.westcon.lines["600"] = (reported("SHI", order_number="600"),)
    nulls: dict[str, Any] = {"time_ms": None, "null_time": "1900-01-01T00:00:00Z"}
    placed = event("placed", westcon_number="600", baseline=True, **nulls)
    linked = event("customer_linked", customer_id="CUST-1", **nulls)
    cancelled = event("cancelled", **nulls)

    take_in(world, placed)
    release(world)
    assert world.ingram.notified() == []
    take_in(world, linked)
    release(world)
    assert world.deck.links == [("SO-1", "CUST-1")]
    take_in(world, cancelled)
    release(world)

    assert [status for _, status in world.ingram.notified()] == ["IM::voided"]
    assert world.ledger.watch("SO-1").state == "ended"
