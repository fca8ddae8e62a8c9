from sandbox.faults import Fault
from sandbox.http.fault import Kind
from sandbox.server import Sandbox
from tests.sandbox.caller import Caller

ROUTE = "receiver.acme"


def test_faults_happen_in_their_order_and_so_many_times(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.faults.order(ROUTE, Fault.status(500), times=2)
    sandbox.faults.order(ROUTE, Fault.status(429))

    seen = [caller.notify().status for _ in range(4)]

    assert seen == [500, 500, 429, 200]
    assert sandbox.faults.pending() == ()


def test_a_fault_for_ever_lasts_until_it_is_cleared(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.faults.order(ROUTE, Fault.status(500), times=None)

    before = [caller.notify().status for _ in range(3)]
    sandbox.faults.clear(ROUTE)

    assert before == [500, 500, 500]
    assert caller.notify().status == 200


def test_clearing_one_route_leaves_the_others(sandbox: Sandbox) -> None:
    sandbox.faults.order(ROUTE, Fault.drop())
    sandbox.faults.order("deck.link", Fault.drop())

    sandbox.faults.clear("deck.link")

    assert [one.route for one in sandbox.faults.pending()] == [ROUTE]


def test_a_fault_for_one_event_waits_for_it(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.order("receiver.*", Fault.status(500).on("E1"), times=None)

    seen = {name: caller.notify(event_id=name).status for name in ("E1", "E12", "E2")}

    assert seen == {"E1": 500, "E12": 200, "E2": 200}


def test_a_fault_for_one_receiver_spares_the_others(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.faults.order("receiver.*", Fault.status(500).on("acme"), times=None)

    seen = [caller.notify("acme").status, caller.notify("globex").status]

    # Globex signs with a secret of its own, so acme's is refused there.
    assert seen == [500, 401]


def test_each_fault_used_is_in_the_journal(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.order(ROUTE, Fault.html_200())
    caller.notify()
    caller.notify()

    entries = sandbox.journal.entries(ROUTE)
    assert [entry.fault for entry in entries] == ["html_200", ""]


def test_every_kind_of_fault_has_a_constructor() -> None:
    made = {
        Fault.status(500),
        Fault.delay(1),
        Fault.drop(),
        Fault.reset(),
        Fault.apply_then_drop(),
        Fault.hang_up(),
        Fault.truncate(),
        Fault.slow_body(1),
        Fault.slow_headers(1),
        Fault.html_200(),
        Fault.empty_200(),
        Fault.invalid_json(),
        Fault.wrong_content_type(),
        Fault.redirect("/"),
        Fault.huge_body(),
        Fault.huge_headers(),
        Fault.gzipped(),
        Fault.drop_orders(),
        Fault.single_object(),
        Fault.no_envelope(),
        Fault.pascal_keys(),
        Fault.camel_keys(),
        Fault.json_in_json(),
        Fault.dates(),
        Fault.values(lineQuantity="2.000-"),
        Fault.folded(),
        Fault.response_code(2, "no"),
    }

    assert {fault.kind for fault in made} == set(Kind)


def test_a_fault_may_be_ordered_to_act_or_not_to(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.faults.order(ROUTE, Fault.status(500).acting(effect=True))
    sandbox.faults.order(ROUTE, Fault.html_200().acting(effect=False))

    first, applied_first = caller.notify(), sandbox.applied("acme")
    second = caller.notify(event_id="E2")

    assert (first.status, applied_first) == (500, ("E1",))
    assert (second.status, sandbox.applied("acme")) == (200, ("E1",))
