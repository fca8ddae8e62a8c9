"""Asking for parcels: one order a call, by a gate of its own; what a refusal means."""

import pytest

from serializers.errors import DecodeError
from serializers.westcon.shipment_detail import Parcel, ShipmentDetail
from tasks.outcomes.errors import NotYet, PermanentError, Throttled, Unavailable
from tasks.planning.rules import SHIPMENTS, WESTCON
from tasks.polling.details import PAUSE, ask_details, no_detail
from tasks.polling.waiting import NoDetail
from tests.tasks.fakes import World

FOUND = ShipmentDetail(("1",), (Parcel("1Z9"),))


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
