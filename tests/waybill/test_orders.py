"""`waybill orders assign`: a person gives one of Westcon's orders to an ERP order."""

from serializers.order_record import Order
from serializers.timeline.codes import Code, note
from tasks.ledger_values import WatchMove
from tasks.outcomes.outcome import GiveUp
from tasks.polling.sharing import WHOSE
from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal


def asked(ledger: World, number: str = "SO-1") -> None:
    """A watch by purchase order that has asked whose an order is."""
    hint = acts.sent(ledger, acts.watch(ledger, number))
    assert acts.settle(ledger, hint, GiveUp("whose is 7001?", WHOSE)) == ["dead"]


def test_it_is_given_once_and_the_watches_that_have_asked_go_on(
    ledger: World, waybill: Terminal
) -> None:
    asked(ledger)
    asked(ledger, "SO-2")

    given = waybill("orders", "assign", "SO-1", "0007001")
    again = waybill.json("orders", "assign", "SO-1", "7001")

    text = "Westcon's order 0007001 is SO-1's; its watch looks at once\n"
    assert (given.exit_code, given.stdout, given.stderr) == (0, text, "")
    assert again == {
        "order": "SO-1",
        "westcon_order": "7001",
        "result": "known",
        "owner": None,
    }
    assert ledger.ledger.orders(["SO-1"])[0].order == Order(
        "SO-1", purchase_order="PO", assigned=("7001",)
    )
    for number in ("SO-1", "SO-2"):
        assert acts.state(ledger, f"watch:westcon:{number}", number) == "due"
    noted = [one for one in acts.timeline(ledger) if one.code is Code.ASSIGNED]
    assert noted == [note(Code.ASSIGNED, "7001", "person")]


def test_what_another_order_has_stays_its_own(ledger: World, waybill: Terminal) -> None:
    asked(ledger)
    asked(ledger, "SO-2")
    waybill("orders", "assign", "SO-1", "7001")

    result = waybill("orders", "assign", "SO-2", "7001")

    text = "Westcon's order 7001 is SO-1's, and stays so\n"
    assert (result.exit_code, result.stdout) == (1, text)


def test_an_order_that_cannot_have_it_is_answered_with_the_reason(
    ledger: World, waybill: Terminal
) -> None:
    acts.admit(ledger, number="SO-1", watch=WatchMove.NONE)
    held = ledger.ledger.orders(["SO-1"])[0]
    assert held.order is not None

    unknown = waybill.json("orders", "assign", "SO-9", "7001")
    result = waybill("orders", "assign", "SO-9", "7001")

    assert (unknown["result"], result.exit_code) == ("unknown", 1)
    assert "SO-9 is not known" in result.stdout
