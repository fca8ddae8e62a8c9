from sandbox.faults import Fault
from sandbox.server import Sandbox
from tests.sandbox.caller import Caller


def poll(sandbox: Sandbox, caller: Caller, fault: Fault) -> object:
    sandbox.orders.stepping("1", ["SCH"], n_lines=2)
    sandbox.orders.final("2")
    sandbox.faults.order("westcon.order_status", fault)
    return caller.status(["1", "2"]).json()


def test_westcon_may_leave_orders_out(sandbox: Sandbox, caller: Caller) -> None:
    reported = poll(sandbox, caller, Fault.drop_orders(1))

    assert isinstance(reported, dict)
    lines = reported["MT_OrderStatus_Response"]
    assert {line["eRPOrderNumber"] for line in lines} == {"0000000001"}


def test_westcon_may_leave_every_order_out(sandbox: Sandbox, caller: Caller) -> None:
    assert poll(sandbox, caller, Fault.drop_orders(0)) == {
        "MT_OrderStatus_Response": []
    }


def test_westcon_may_answer_one_object(sandbox: Sandbox, caller: Caller) -> None:
    reported = poll(sandbox, caller, Fault.single_object())

    assert isinstance(reported, dict)
    assert reported["MT_OrderStatus_Response"]["eRPOrderNumber"] == "0000000001"


def test_westcon_may_forget_its_envelope(sandbox: Sandbox, caller: Caller) -> None:
    reported = poll(sandbox, caller, Fault.no_envelope())

    assert isinstance(reported, list)
    assert len(reported) == 3


def test_westcon_may_capitalise_its_keys(sandbox: Sandbox, caller: Caller) -> None:
    reported = poll(sandbox, caller, Fault.pascal_keys())

    assert isinstance(reported, dict)
    assert reported["MT_OrderStatus_Response"][0]["ERPOrderNumber"] == "0000000001"


def test_westcon_may_wrap_json_in_json(sandbox: Sandbox, caller: Caller) -> None:
    reported = poll(sandbox, caller, Fault.json_in_json())

    assert isinstance(reported, str)
    assert reported.startswith('{"MT_OrderStatus_Response"')


def test_westcon_may_have_no_dates(sandbox: Sandbox, caller: Caller) -> None:
    reported = poll(sandbox, caller, Fault.dates("00000000"))

    assert isinstance(reported, dict)
    lines = reported["MT_OrderStatus_Response"]
    assert {line["statusDate"] for line in lines} == {"00000000"}
    assert {line["shipDate"] for line in lines} == {"00000000"}


def test_westcon_may_write_any_value(sandbox: Sandbox, caller: Caller) -> None:
    reported = poll(sandbox, caller, Fault.values(lineQuantity="2.000-"))

    assert isinstance(reported, dict)
    lines = reported["MT_OrderStatus_Response"]
    assert {line["lineQuantity"] for line in lines} == {"2.000-"}


def test_purchase_orders_that_look_alike_are_two_unless_westcon_folds_them(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.orders.final("1", customer_order="po-77a")
    sandbox.orders.final("2", customer_order="00PO-77A")
    sandbox.faults.order("westcon.order_status", Fault.folded())

    folded = caller.status(["po-77a"], orderType="C").json()
    exact = caller.status(["po-77a"], orderType="C").json()

    assert isinstance(folded, dict)
    assert isinstance(exact, dict)
    assert names(folded) == ["po-77a", "00PO-77A"]
    assert names(exact) == ["po-77a"]


def names(reply: dict[str, list[dict[str, str]]]) -> list[str]:
    return [line["customerOrderNumber"] for line in reply["MT_OrderStatus_Response"]]


def test_a_bad_order_may_spoil_every_call_that_it_is_in(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.orders.final("1")
    bad = Fault.status(400, "bad order").on("2")
    sandbox.faults.order("westcon.order_status", bad, times=None)

    spoilt = [caller.status(["1", "2"]).status, caller.status(["2"]).status]

    assert spoilt == [400, 400]
    assert caller.status(["1"]).status == 200


def test_a_failed_poll_does_not_move_an_order(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.orders.stepping("1", ["SCH", "INV"])
    sandbox.faults.order("westcon.order_status", Fault.status(500))

    caller.status(["1"])

    state = sandbox.orders.look("1")
    assert state is not None
    assert state.polls == 0
