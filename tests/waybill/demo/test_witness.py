"""What the demo reads from the stand-ins is what they saw."""

from collections.abc import Iterator

import pytest

from sandbox.control.client import SandboxControl
from sandbox.server import Sandbox
from tests.waybill.demo.posting import post
from waybill.demo.expectation import Notified
from waybill.demo.witness import transitions, witness

NOTIFICATION = (
    b'{"eventId":"E1","resource":['
    b'{"eventType":"im::order_shipped","orderNumber":"SO-1",'
    b'"lines":[{"LineNumber":"10"},{"lineNumber":"20"}]},'
    b'{"eventType":"im::order_voided","orderNumber":"SO-1","lines":[]}]}'
)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def test_each_line_of_each_resource_is_a_transition() -> None:
    assert list(transitions("acme", NOTIFICATION)) == [
        Notified("acme", "SO-1", "10", "im::order_shipped"),
        Notified("acme", "SO-1", "20", "im::order_shipped"),
        Notified("acme", "SO-1", "", "im::order_voided"),
    ]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"x"', b'{"resource":7}'])
def test_what_is_no_notification_reports_nothing(body: bytes) -> None:
    assert list(transitions("acme", body)) == []


def test_an_unsigned_arrival_is_seen_with_the_receivers_objection(
    sandbox: Sandbox,
) -> None:
    status = post(f"{sandbox.url}/receivers/acme", NOTIFICATION)

    (arrival,) = witness(SandboxControl(sandbox.url)).arrivals
    assert status == 401
    assert arrival.event_id == "E1"
    assert not arrival.accepted
    assert arrival.objection == "x-hub-signature is missing"
    assert len(arrival.notified) == 3


def test_refused_calls_are_counted_by_route(sandbox: Sandbox) -> None:
    post(f"{sandbox.url}/westcon/Orders/orderStatus", b"{}")
    post(f"{sandbox.url}/deck/api/omsorderlinkaccount", b"{}")

    seen = witness(SandboxControl(sandbox.url))

    assert seen.failures == {"westcon.order_status": 1, "deck.link": 1}
    assert seen.links == ()
