"""Asking for parcels: one order a call, by a gate of its own; what a refusal means."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from serializers.errors import DecodeError
from serializers.timeline.codes import Code, note
from serializers.westcon.reply import StatusLine
from serializers.westcon.shipment_detail import Parcel, ShipmentDetail
from tasks.outcomes.errors import NotYet, PermanentError, Throttled, Unavailable
from tasks.planning.rules import SHIPMENTS, WESTCON
from tasks.polling.details import PAUSE, ask_details, no_detail
from tasks.polling.poll import poll
from tasks.polling.waiting import NoDetail
from tests.tasks.fakes import ACME, RULES, World
from tests.tasks.known_orders import known, numbered
from tests.tasks.samples import leased, reported

FOUND = ShipmentDetail(("1",), (Parcel("1Z9"),))
DOWN = Unavailable("x", code="http_503")


def rows(**pieces: int) -> tuple[StatusLine, ...]:
    """One line of order 600, so many pieces of it in each status."""
    return tuple(
        reported(status, order_number="600", quantity=str(many))
        for status, many in pieces.items()
    )


def looked(
    world: World, *lines: StatusLine, seconds: float = 15.0
) -> list[tuple[str, Sequence[str]]]:
    """Look again so much later; each new notification's event and tracking numbers."""
    world.clock.pass_seconds(seconds)
    world.westcon.lines["600"] = lines
    before = len(world.items_at(ACME))
    poll(world.westcon, leased(world, "SO-0"), world.services())
    return [
        (resource["eventType"], _tracking(resource["lines"][0]))
        for item in world.items_at(ACME)[before:]
        for resource in json.loads(item.payload)["resource"]
    ]


def _tracking(line: dict[str, list[dict[str, list[dict[str, str]]]]]) -> list[str]:
    return [
        box["trackingNumber"]
        for shipment in line.get("shipmentDetails", ())
        for box in shipment.get("packageDetails", ())
    ]


@pytest.fixture
def waiting() -> World:
    """An order of which two pieces of five are shipped, and wait."""
    asking = replace(RULES.poll, shipment_detail=True, shipment_wait=120.0)
    world = World(rules=replace(RULES, poll=asking))
    known(world, numbered(0))
    world.westcon.refusals["600"] = DOWN
    looked(world, *rows(SHI=2, SCH=3))
    return world


def test_each_order_is_asked_for_in_a_call_of_its_own() -> None:
    world = World()
    world.westcon.details["1"] = FOUND

    found = ask_details(world.westcon, world.services(), ("1", "2"), lambda: False)

    assert found == {"1": FOUND, "2": ShipmentDetail()}
    assert world.westcon.detailed == ["1", "2"]
    assert ("served", SHIPMENTS) in world.gates.reported


def test_a_closed_gate_is_not_called_and_states_how_long_it_rests() -> None:
    world = World()
    world.gates.closed[SHIPMENTS] = 30.0

    found = ask_details(world.westcon, world.services(), ("1",), lambda: False)

    assert found == {"1": NoDetail("gate", wait=30.0)}
    assert world.westcon.detailed == []


def test_nothing_is_asked_once_it_is_late() -> None:
    world = World()

    found = ask_details(world.westcon, world.services(), ("1",), lambda: True)

    assert found == {"1": NoDetail("out_of_time", wait=1.0)}
    assert world.westcon.detailed == []


def test_a_refusal_closes_this_gate_and_not_that_of_the_order_status() -> None:
    world = World()
    error = NotYet("not included", code="not_included", after=3_600.0, shared=True)
    world.westcon.refusals["1"] = error

    ask_details(world.westcon, world.services(), ("1",), lambda: False)

    assert world.gates.closed == {SHIPMENTS: 3_600.0}
    assert WESTCON not in world.gates.closed


@pytest.mark.parametrize(
    ("error", "means"),
    [
        (PermanentError("x", code="http_400"), NoDetail("http_400", closes=True)),
        (DecodeError("x"), NoDetail("decode")),
        (NotYet("x", code="not_included", after=9.0), NoDetail("not_included")),
        (Throttled("x", code="http_403", retry_after=9.0), NoDetail("http_403")),
        (Unavailable("x", code="http_408"), NoDetail("http_408")),
        (
            Throttled("x", code="http_429", retry_after=9.0),
            NoDetail("http_429", wait=9.0),
        ),
        (Throttled("x", code="http_429"), NoDetail("http_429", wait=PAUSE)),
        (Unavailable("x", code="http_503"), NoDetail("http_503", wait=PAUSE)),
        (Unavailable("x", code="timeout"), NoDetail("timeout", wait=PAUSE)),
        (
            NotYet("x", code="token_refused", after=300.0),
            NoDetail("token_refused", wait=300.0),
        ),
        (KeyError("x"), NoDetail("KeyError", wait=PAUSE)),
    ],
)
def test_any_4xx_but_429_ends_the_wait(error: Exception, means: NoDetail) -> None:
    assert no_detail(error) == means


def test_a_line_that_grows_while_it_waits_is_asked_for_until_more_comes(
    waiting: World,
) -> None:
    del waiting.westcon.refusals["600"]
    first, second = Parcel("1", "UPS"), Parcel("2", "UPS")
    waiting.westcon.details["600"] = ShipmentDetail(("600",), (first,))
    grown = looked(waiting, *rows(SHI=4, SCH=1))

    quiet = looked(waiting, *rows(SHI=4, SCH=1), seconds=600.0)
    waiting.westcon.details["600"] = ShipmentDetail(("600",), (first, second))
    came = looked(waiting, *rows(SHI=4, SCH=1), seconds=600.0)
    looked(waiting, *rows(SHI=4, SCH=1), seconds=600.0)

    assert grown == [("im::order_shipped", ["1"])]
    assert quiet == []
    assert came == [("im::updated", ["1", "2"])]
    # Once it has brought more, nothing is asked.
    assert len(waiting.westcon.detailed) == 4


def test_each_line_that_begins_to_wait_waits_as_long_and_is_noted(
    waiting: World,
) -> None:
    other = reported("SHI", "20", order_number="600")
    found = looked(waiting, *rows(SHI=2, SCH=3), other, seconds=100.0)
    over = looked(waiting, *rows(SHI=2, SCH=3), other, seconds=30.0)
    last = looked(waiting, *rows(SHI=2, SCH=3), other, seconds=100.0)

    shipped: list[tuple[str, Sequence[str]]] = [("im::order_shipped", [])]
    assert (found, over, last) == ([], shipped, shipped)
    noted = [one for entry in waiting.ledger.log["SO-0"] for one in entry]
    assert [one for one in noted if one.code is Code.WAITS] == [
        note(Code.WAITS, "600/10"),
        note(Code.WAITS, "600/20"),
    ]


@pytest.mark.parametrize("seconds", [120.0, 7_200.0])
def test_where_the_order_status_fails_meanwhile_the_next_look_that_works_notifies(
    waiting: World, seconds: float
) -> None:
    assert waiting.items_at(ACME) == []
    waiting.westcon.errors = [DOWN]
    failed = looked(waiting, *rows(SHI=2, SCH=3), seconds=60.0)

    notified = looked(waiting, *rows(SHI=2, SCH=3), seconds=seconds)

    assert failed == []
    assert notified == [("im::order_shipped", [])]
