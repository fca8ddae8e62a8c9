"""The same id has the same bytes, whenever and however often a change is planned.

Redis may come back from an older file; what it has forgotten is planned anew, later.
"""

import json
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from serializers.events.decode import OrderEvent
from serializers.order_record import Order
from serializers.westcon.line import StatusLine
from tasks.ledger_values import Advance, Claim, Held, NewDelivery
from tasks.planning.event_time import AHEAD_MS, notified_moment, seen_moment
from tasks.planning.plan import plan
from tasks.polling.compare import compare
from tests.tasks.fakes import RULES, START_MS
from tests.tasks.samples import after, changed, event, line, order, reported

DAY = 86_400_000

CODES = st.sampled_from(["SCH", "BOR", "SHI", "INV", "REJ", "XXX"])
DAYS = st.sampled_from(["", "2026-02-28", "2026-03-01", "2027-01-01", "9998-12-31"])
SECONDS = st.integers(-9, 9).map(float)
TIMES = st.none() | st.integers(START_MS - 9 * DAY, START_MS + 9 * DAY)
ENTRIES = st.integers(START_MS - 9 * DAY, START_MS).map("{}-0".format)
#: Producers may choose an entry's id; these state nothing of a moment.
CHOSEN = st.sampled_from(["0-1", "1-1", f"{2**63}-0"])
EVENTS = st.one_of(
    st.builds(lambda s, c: changed(s, f"10:{c}", "20:SHI"), SECONDS, CODES),
    st.builds(lambda s: event("placed", s, customer_id="C-1"), SECONDS),
    st.builds(lambda s: event("cancelled", s), SECONDS),
)
DATED = st.builds(
    lambda one, ms, n: replace(one, time_ms=ms, id=f"e-{n}"),
    EVENTS,
    TIMES,
    st.integers(0, 3),
)
#: How much later Redis' clock stands when it is all planned again; or it is put back.
LATER = st.integers(-2 * 3_600_000, 400 * DAY)


def differing(first: Sequence[NewDelivery], second: Sequence[NewDelivery]) -> set[str]:
    """The ids that stand for two bodies."""
    bodies = {one.id: one.payload for one in first}
    return {one.id for one in second if bodies.get(one.id, one.payload) != one.payload}


@given(st.lists(st.tuples(DATED, ENTRIES), min_size=1, max_size=5), LATER)
def test_events_planned_again_make_the_same_bytes_under_the_same_ids(
    happened: list[tuple[OrderEvent, str]], later_ms: int
) -> None:
    first, second = (planned(happened, START_MS + ms) for ms in (0, later_ms))

    assert differing(first, second) == set()


@given(DATED, DATED, CHOSEN, LATER)
def test_an_event_without_any_moment_too(
    known: OrderEvent, undated: OrderEvent, entry: str, later_ms: int
) -> None:
    _, held = after(known)

    for before in (held, Held(None, 0)):
        event_ = replace(undated, time_ms=None)
        moments = (START_MS, START_MS + later_ms)
        first, second = (plan(event_, entry, before, RULES, now) for now in moments)
        assert differing(first.deliveries, second.deliveries) == set()


def planned(happened: list[tuple[OrderEvent, str]], now_ms: int) -> list[NewDelivery]:
    held, made = Held(None, 0), list[NewDelivery]()
    for one, entry in happened:
        done = plan(one, entry, held, RULES, now_ms)
        made += done.deliveries
        held = Held(done.order, held.version + 1)
    return made


@given(DAYS, CODES, CODES, LATER, st.sampled_from([0, START_MS]))
def test_a_change_seen_again_at_another_moment_has_the_same_body(
    day: str, before: str, now: str, later_ms: int, placed_ms: int
) -> None:
    known = order(placed_ms=placed_ms, incarnation=7, lines=(line(before),))

    first = looked(known, reported(now, status_date=day), START_MS)
    second = looked(known, reported(now, status_date=day), START_MS + later_ms)

    assert first == second


def looked(known: Order, answer: StatusLine, now_ms: int) -> tuple[NewDelivery, ...]:
    claim = Claim("watch:westcon:SO-1", 1)
    held = Held(known, 3)
    seen = compare(claim, held, [answer], RULES, now_ms, 0.5, asked_ms=now_ms)
    return seen.deliveries if isinstance(seen, Advance) else ()


def at(deliveries: Sequence[NewDelivery]) -> set[str]:
    return {json.loads(one.payload).get("eventTimeStamp") for one in deliveries}


def test_an_event_s_change_is_dated_by_its_time_else_by_its_entry() -> None:
    (timed,), _ = after(changed(5, "10:SHI"), later_ms=DAY)
    (untimed,), _ = after(replace(changed(5, "10:SHI"), time_ms=None), later_ms=DAY)

    assert at(timed.deliveries) == {"2026-03-01T12:00:05.123Z"}
    assert at(untimed.deliveries) == {"2026-03-01T12:00:00.123Z"}


def test_a_seen_change_is_dated_by_westcon_and_never_before_the_order() -> None:
    early, late = line("SHI"), line("SHI", status_date="2026-03-04")
    placed = order(placed_ms=START_MS)

    assert seen_moment(placed, [early, late]) == START_MS + 2 * DAY + 43_199_877
    assert seen_moment(placed, [early]) == START_MS
    assert seen_moment(order(placed_ms=0), [line(status_date="")]) == START_MS
    assert seen_moment(order(placed_ms=0, seen_ms=0), []) == 0


def test_what_nothing_dates_has_no_moment_in_its_body() -> None:
    undated = replace(changed(5, "10:SHI"), time_ms=None)
    old = Held(order(seen_ms=0), 3)

    made = plan(undated, "7-0", old, RULES, START_MS)

    assert at(made.deliveries) == {None}


def test_a_time_too_far_ahead_is_the_same_moment_whenever_it_is_planned() -> None:
    ahead = changed(0, "10:SHI")
    ahead = replace(ahead, time_ms=START_MS + AHEAD_MS + 60_000)
    entry = f"{START_MS}-0"

    moments = {
        notified_moment(ahead, entry, order(), START_MS + later)
        for later in (0, 3_600_000)
    }

    assert moments == {START_MS}
