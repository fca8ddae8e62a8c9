"""`waybill explain` shows which of an order's links stands."""

import pytest

from serializers.timeline.codes import Code, note
from tasks.outcomes.outcome import Again, read_back_code
from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal
from waybill.explain.timeline import words


def test_a_link_that_a_newer_one_replaced_while_it_was_retried_is_reported(
    ledger: World, waybill: Terminal
) -> None:
    first = acts.sent(ledger, acts.admit(ledger, acts.link("L1")).leased[0])
    acts.settle(ledger, first, Again(7200.0, "busy", "http_503"))
    acts.admit(ledger, acts.link("L2"))

    shown = waybill("explain", "SO-1").stdout

    assert "deck failed delivery L1 (http); again in 7200 s" in shown
    assert "delivery L1 is superseded: a newer link stands in its place" in shown
    assert "delivery L2 is superseded" not in shown


def test_json_reports_it_too(ledger: World, waybill: Terminal) -> None:
    acts.admit(ledger, acts.link("L1"))
    acts.admit(ledger, acts.link("L2"))

    story = waybill.json("explain", "SO-1")

    notes = [note for one in story["timeline"] for note in one["notes"]]
    assert {"code": "superseded", "item": "delivery:L1"} in notes
    assert [one["id"] for one in story["deliveries"]] == ["delivery:L2"]


@pytest.mark.parametrize(
    ("code", "output"),
    [
        (read_back_code(), "taken, but not to be seen there yet"),
        (read_back_code("http_503"), "taken, but looking for it failed: http_503"),
    ],
)
def test_a_link_that_was_taken_and_is_not_seen_yet_is_reported(
    code: str, output: str
) -> None:
    again = words([note(Code.AGAIN, "deck", "delivery:L1", code, "300000")])
    given_up = words([note(Code.GIVEN_UP, "deck", "delivery:L1", code)])

    assert again == f"deck failed delivery L1 ({output}); again in 300 s"
    assert given_up == f"deck: delivery L1 was given up ({output}) and is a dead letter"
