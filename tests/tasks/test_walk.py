"""No order lost, nobody notified twice, no status notified backwards."""

import json
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from serializers.events.decode import OrderEvent
from serializers.westcon.reply import StatusLine
from tasks.outcomes.errors import Unavailable
from tasks.planning.rules import INGRAM_PREFIX
from tasks.planning.statuses import DEFAULT_STATUSES, is_stage
from tests.tasks.fakes import ACME, BRAVO, RULES, World
from tests.tasks.samples import (
    NUMBER,
    changed,
    event,
    leased,
    release,
    reported,
    run_hints,
    take_in,
    work,
)

#: Of what is never taken back; open states come and go.
RANKS = {r.line_status: r.rank for r in DEFAULT_STATUSES.values() if is_stage(r)}
AS_WESTCONS: dict[str, Any] = {"westcon_number": NUMBER}
AS_CUSTOMERS: dict[str, Any] = {"purchase_order": "PO-7"}


def placed(second: float = 0, **fields: Any) -> OrderEvent:
    return event("placed", second, (), **fields)


def knows(world: World, *lines: StatusLine) -> None:
    # Dated after the order was placed, or they would be those of an older one.
    lines = tuple(replace(line, status_date="2026-03-02") for line in lines)
    world.westcon.lines = {NUMBER: lines, "PO-7": lines}


def look(world: World) -> None:
    """Let Westcon be asked again, and give what that leads to."""
    world.clock.pass_seconds(86_400)
    release(world)


def statuses(world: World, number: str = "10") -> list[str]:
    return [
        status
        for notified_of, status in world.ingram.notified()
        if notified_of == number
    ]


@pytest.mark.parametrize("reference", [AS_WESTCONS, AS_CUSTOMERS])
@pytest.mark.parametrize("first", ["event", "poll"])
def test_what_the_erp_and_westcon_both_state_is_notified_once(
    reference: dict[str, Any], first: str
) -> None:
    world = World()
    knows(world, reported("SHI"))

    take_in(world, placed(**reference))
    if first == "poll":
        release(world)
    take_in(world, changed(1, "0010:SHI"))
    look(world)

    assert statuses(world) == ["IM::shipped"]
    assert [one.key for one in world.ledger.order("SO-1").lines] == [f"{NUMBER}/10"]


def test_a_status_notified_before_the_order_was_placed_is_notified_once() -> None:
    world = World()
    knows(world, reported("SHI"))

    take_in(world, changed(1, "10:SHI"), placed(2, **AS_WESTCONS))
    release(world)

    assert statuses(world) == ["IM::shipped"]


def test_an_order_notified_by_the_erp_first_still_ends_its_watch() -> None:
    world = World()
    knows(world, reported("INV"))

    take_in(world, changed(1, "10:SHI"), placed(2, **AS_CUSTOMERS))
    release(world)

    assert statuses(world) == ["IM::shipped", "IM::invoiced"]
    world.clock.pass_seconds(RULES.poll.quiet)
    release(world)
    assert world.ledger.watch("SO-1").state == "ended"


def test_a_cut_over_order_is_notified_only_what_is_new() -> None:
    world = World()
    knows(world, reported("SHI"), reported("INV", "20"))

    take_in(world, placed(**AS_WESTCONS, baseline=True), changed(1, "10:SHI"))
    release(world)
    knows(world, reported("INV"), reported("INV", "20"))
    look(world)

    assert world.ingram.notified() == [("10", "IM::shipped"), ("10", "IM::invoiced")]


def test_a_look_under_way_when_the_order_is_cancelled_reports_nothing() -> None:
    world = World()
    knows(world, reported("SHI"))
    take_in(world, placed(**AS_WESTCONS))
    (hint,) = world.hints.sent
    world.hints.sent.clear()
    world.ledger.meanwhile = [lambda: take_in(world, event("cancelled", 9))]

    work(hint, world.services())
    run_hints(world)

    assert statuses(world) == []
    assert world.ledger.watch("SO-1").state == "ended"
    assert len(world.ingram.received) == 2


def test_a_revived_order_is_watched_and_notified_again() -> None:
    world = World()
    knows(world, reported("SCH"))
    take_in(world, placed(**AS_WESTCONS))
    release(world)
    take_in(world, event("cancelled", 5))
    world.clock.pass_seconds(100 * 86_400)
    take_in(world, placed(9, **AS_WESTCONS))
    release(world)
    knows(world, reported("SHI"))

    look(world)

    assert statuses(world) == ["IM::voided", "IM::shipped"]


def test_a_worker_that_wakes_late_takes_nothing_back() -> None:
    world = World()
    knows(world, reported("SCH"))
    take_in(world, placed(**AS_WESTCONS))
    (old,) = world.hints.sent
    world.hints.sent.clear()

    def overtaken() -> None:
        knows(world, reported("SHI"))
        work(leased(world, "SO-1"), world.services())

    world.ledger.meanwhile = [overtaken]
    work(old, world.services())
    release(world)

    assert statuses(world) == ["IM::shipped"]
    assert [one.status for one in world.ledger.order("SO-1").lines] == ["SHI"]


def test_a_delivery_that_fails_keeps_the_next_one_of_its_order_waiting() -> None:
    world = World()
    knows(world, reported("SHI"))
    world.ingram.errors = [Unavailable("down", code="connect")] * 2
    take_in(world, placed(**AS_WESTCONS), changed(1, "10:SHI"))
    release(world)
    take_in(world, changed(2, "10:INV"))

    look(world)

    assert statuses(world) == ["IM::shipped", "IM::invoiced"]
    assert {item.state for item in world.items_at(ACME)} == {"done"}


@pytest.mark.parametrize("order", list(permutations(range(5))))
def test_five_events_in_each_of_their_120_orders_end_alike(
    order: tuple[int, ...],
) -> None:
    happened = [
        placed(0, **AS_WESTCONS),
        changed(1, "10:SCH", "20:SCH"),
        changed(2, "10:BOR", "20:SHI"),
        changed(3, "10:SHI", "20:INV"),
        changed(4, "10:INV"),
    ]
    world = World()
    knows(world, reported("SCH"), reported("SCH", "20"))

    for n in order:
        take_in(world, happened[n])
        run_hints(world)
    release(world)

    kept = world.ledger.order("SO-1").lines
    assert [(one.number, one.status) for one in kept] == [("10", "INV"), ("20", "INV")]
    _holds(world)


def _holds(world: World) -> None:
    """Per endpoint and line: each stage once, forward only; no event twice."""
    for endpoint in ("acme", "bravo"):
        history: defaultdict[str, list[int]] = defaultdict(list)
        for number, status in world.ingram.notified(endpoint):
            history[number] += [RANKS[status]] if status in RANKS else []
        for ranks in history.values():
            assert all(before < after for before, after in pairwise(ranks))
    ids = [(name, event_id) for name, event_id, *_ in world.ingram.received]
    assert len(ids) == len(set(ids))


CODES = st.sampled_from(["INC", "SCH", "BOR", "SHI", "INV"])
STEP = st.one_of(
    st.tuples(st.just("event"), st.integers(0, 9), CODES, CODES),
    st.tuples(st.just("westcon"), st.just(0), CODES, CODES),
    st.tuples(st.just("placed"), st.integers(0, 9), CODES, CODES),
    st.tuples(st.just("fault"), st.just(0), CODES, CODES),
)


def _attempted_in_vain() -> list[tuple[str, int, str, str]]:
    """Every attempt of the first notification fails: it ends as a dead letter."""
    fault, look = ("fault", 0, "INC", "INC"), ("westcon", 0, "INV", "INV")
    return [("event", 0, "INV", "INV"), fault, fault, look, fault, look, fault]


@given(st.lists(STEP, max_size=12), st.sampled_from([AS_WESTCONS, AS_CUSTOMERS]))
@example(_attempted_in_vain(), AS_WESTCONS)
def test_whatever_happens_in_whatever_order_lines_are_notified_forward_and_once(
    steps: list[tuple[str, int, str, str]], reference: dict[str, Any]
) -> None:
    world = World()
    knows(world, reported("SCH"), reported("SCH", "20"))
    for n, (what, second, first, other) in enumerate(steps):
        match what:
            case "event":
                lines = (f"10:{first}", f"20:{other}")
                take_in(world, changed(second, *lines, id=f"e-{n}"))
            case "placed":
                take_in(world, placed(second, id=f"p-{n}", **reference))
            case "westcon":
                knows(world, reported(first), reported(other, "20"))
                look(world)
            case _:
                world.ingram.errors = [Unavailable("down", code="connect")]
                run_hints(world)
    take_in(world, placed(99, id="last", **reference))
    knows(world, reported("INV"), reported("INV", "20"))
    look(world)
    look(world)

    kept = world.ledger.order("SO-1").lines
    assert [one.status for one in kept] == ["INV", "INV"]
    state = world.ledger.watch("SO-1").state
    assert state == ("due" if reference == AS_CUSTOMERS else "ended")
    for endpoint in (ACME, BRAVO):
        assert "IM::invoiced" in _notified_or_given_up(world, endpoint)
    _holds(world)


def _notified_or_given_up(world: World, destination: str) -> set[str]:
    """The statuses that an endpoint was notified, and those that its dead letters hold.

    Nothing else may be on its way, and only what has used up its attempts is dead.
    """
    items = world.items_at(destination)
    dead = [item for item in items if item.state == "dead"]
    assert {item.state for item in items} <= {"done", "dead"}
    assert [item.attempts for item in dead] == [world.ledger.most] * len(dead)
    kept = {
        line["lineStatus"]
        for item in dead
        for resource in json.loads(item.payload)["resource"]
        for line in resource["lines"]
    }
    endpoint = destination.removeprefix(INGRAM_PREFIX)
    return kept | {status for _, status in world.ingram.notified(endpoint)}
