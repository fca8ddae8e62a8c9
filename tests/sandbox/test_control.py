import json

import pytest

from sandbox.control.client import (
    ControlError,
    ControlHttp,
    RemoteReceivers,
    SandboxControl,
)
from sandbox.faults import Fault
from sandbox.partners.westcon.plans import OrderLine, steps_of
from sandbox.server import Sandbox
from tests.sandbox.caller import LINK, Caller, link_fields


@pytest.fixture
def control(sandbox: Sandbox) -> SandboxControl:
    return SandboxControl(sandbox.url + "/")


def test_a_sandbox_states_that_it_is_well(control: SandboxControl) -> None:
    assert control.health() == {"status": "ok", "counts": {}}


def test_the_journal_is_the_same_from_afar(
    sandbox: Sandbox, caller: Caller, control: SandboxControl
) -> None:
    caller.status(["1"])
    caller.notify()

    assert control.journal.entries() == sandbox.journal.entries()
    assert control.journal.entries("westcon.*", since=1) == sandbox.journal.entries(
        "westcon.*", since=1
    )
    assert control.journal.counts() == sandbox.journal.counts()
    assert control.journal.count("*") == 3


def test_a_fault_ordered_from_afar_is_the_same_fault(
    sandbox: Sandbox, caller: Caller, control: SandboxControl
) -> None:
    fault = Fault.status(503, "busy", retry_after=7).on("E1").acting(effect=False)
    control.faults.order("receiver.acme", fault, times=None)

    (ordered,) = sandbox.faults.pending()
    assert (ordered.route, ordered.fault, ordered.times) == (
        "receiver.acme",
        fault,
        None,
    )
    assert control.faults.pending() == sandbox.faults.pending()
    assert caller.notify().headers["retry-after"] == "7"


def test_faults_are_cleared_from_afar(
    sandbox: Sandbox, control: SandboxControl
) -> None:
    for route in ("deck.link", "ingram.relay"):
        control.faults.order(route, Fault.drop())

    control.faults.clear("deck.link")
    left = [one.route for one in sandbox.faults.pending()]
    control.faults.clear()

    assert left == ["ingram.relay"]
    assert sandbox.faults.pending() == ()


def test_an_order_put_from_afar_is_the_same_order(
    sandbox: Sandbox, control: SandboxControl
) -> None:
    lines = (OrderLine("10", "SKU-A", "2"), OrderLine("20", "SKU-B", "1.5"))
    plan = steps_of(["SCH", ["SHI", "REJ"]], by="hand")

    control.orders.put("SO/1", lines, "PO-1", plan)
    control.orders.advance("SO/1")

    state = sandbox.orders.look("SO/1")
    assert state is not None
    assert (state.lines, state.plan, state.customer_order) == (lines, plan, "PO-1")
    assert state.statuses == ("SHI", "REJ")
    assert control.orders.look("SO/1") == state


def test_the_easy_orders_are_the_same_from_afar(
    sandbox: Sandbox, control: SandboxControl
) -> None:
    control.orders.final("1", n_lines=2, customer_order="PO-1")
    control.orders.stepping("2", ["SCH", "INV"], by="polls", every=3)
    sandbox.orders.final("3", n_lines=2, customer_order="PO-1")
    sandbox.orders.stepping("4", ["SCH", "INV"], by="polls", every=3)

    states = [control.orders.look(number) for number in "1234"]

    seen = [(one.lines, one.plan, one.customer_order) for one in states if one]
    assert seen[:2] == seen[2:]


def test_every_control_is_known_when_ordered_from_afar(
    sandbox: Sandbox, control: SandboxControl
) -> None:
    control.orders.answer_all(["SHI"], n_lines=2)

    (state,) = sandbox.orders.poll("W", "any")
    assert state.statuses == ("SHI", "SHI")
    assert control.orders.look("never-asked") is None


def test_a_receiver_is_changed_and_read_from_afar(
    sandbox: Sandbox, caller: Caller, control: SandboxControl
) -> None:
    control.receivers.behave("acme", secrets=["another"], delay=1e-3)
    refused = caller.notify()
    caller.notify(secret="another")

    assert refused.status == 401
    assert control.deliveries("acme") == sandbox.deliveries("acme")
    assert len(control.deliveries()) == 2
    assert control.applied("acme") == sandbox.applied("acme") == ("E1",)
    assert control.deliveries("globex") == ()


def test_deliveries_that_fill_several_pages_are_read_whole_from_afar(
    sandbox: Sandbox, caller: Caller, control: SandboxControl
) -> None:
    for number in range(5):
        caller.notify(event_id=f"E{number}")

    found = RemoteReceivers(ControlHttp(control.url), page=2).deliveries("acme")

    assert found == sandbox.deliveries("acme")
    assert [one.event_id for one in found] == ["E0", "E1", "E2", "E3", "E4"]


def test_links_are_read_from_afar(
    sandbox: Sandbox, caller: Caller, control: SandboxControl
) -> None:
    headers = {"Content-Type": "application/json"}
    caller.send("POST", LINK, json.dumps(link_fields()), headers)

    assert control.links.customer("SO-1") == "C-7"
    assert control.links.history() == sandbox.links.history()
    assert control.links.history("SO-2") == ()


def test_tokens_are_revoked_from_afar(caller: Caller, control: SandboxControl) -> None:
    headers = caller.westcon_headers()

    control.revoke_tokens()

    assert caller.status(["1"], headers=headers).status == 401


def test_a_reset_forgets_everything_but_tokens(
    sandbox: Sandbox, caller: Caller, control: SandboxControl
) -> None:
    headers = caller.westcon_headers()
    sandbox.orders.final("1")
    sandbox.faults.order("deck.link", Fault.drop())
    sandbox.receivers.behave("acme", status=500)
    caller.notify()

    control.reset()

    (line,) = caller.status(["1"], headers=headers).json()["MT_OrderStatus_Response"]
    assert line["lineStatusCode"] == "NAO"
    assert sandbox.faults.pending() == ()
    assert sandbox.deliveries() == ()
    assert sandbox.journal.counts() == {"westcon.order_status": 1}
    assert caller.notify().status == 200


def test_a_bad_control_request_is_refused_with_its_reason(
    caller: Caller, control: SandboxControl
) -> None:
    nowhere = caller.send("GET", "/_sandbox/nowhere")
    no_kind = caller.send("POST", "/_sandbox/faults", '{"route":"a","fault":{}}')
    odd = caller.send(
        "POST", "/_sandbox/faults", '{"route":"a","fault":{"kind":"melt"}}'
    )

    assert (nowhere.status, no_kind.status, odd.status) == (404, 400, 400)
    assert "kind" in no_kind.json()["error"]
    assert "melt" in odd.json()["error"]
    with pytest.raises(ControlError, match="no-such-order"):
        control.orders.advance("no-such-order")


def test_control_requests_are_not_in_the_journal(
    sandbox: Sandbox, control: SandboxControl
) -> None:
    control.health()

    assert sandbox.journal.entries() == ()
