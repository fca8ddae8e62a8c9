"""`waybill drift`: listed, shown, forgotten; and its line in `waybill status`."""

import json

import pytest

from serializers.drift.shape import Kind, Shape
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal
from workers.ledger.drift.listing import DriftList
from workers.ledger.drift.notebook import Notebook

FIELD = Shape("westcon", "order status", Kind.FIELD, "lines[].added", "text")
LIMIT = Shape("deck", "order link", Kind.RATE_LIMIT, "x-ratelimit-left", "")


@pytest.fixture
def drifted(ledger: World) -> World:
    """Two shapes, one of them met twice."""
    book = Notebook()
    for shape, place in ((FIELD, "westcon"), (FIELD, "westcon/b"), (LIMIT, "deck")):
        book.note(shape, place, lambda: json.dumps({"in": {"added": "<text 4>"}}))
    DriftList(ledger.redis, ledger.scripts).write(book)
    return ledger


@pytest.mark.usefixtures("drifted")
def test_each_is_listed_with_its_count(waybill: Terminal) -> None:
    printed = waybill.json("drift", "list")

    assert {one["id"]: one["count"] for one in printed} == {FIELD.id: 2, LIMIT.id: 1}
    of_westcon = waybill.json("drift", "list", "--partner", "westcon")
    assert [one["id"] for one in of_westcon] == [FIELD.id]
    one = of_westcon[0]
    assert (one["partner"], one["interface"]) == ("westcon", "order status")
    assert (one["kind"], one["path"], one["form"]) == ("field", FIELD.path, "text")
    assert one["destination"] == "westcon/b"
    table = waybill("drift", "list").output
    assert FIELD.id in table
    assert "x-ratelimit-left" in table


@pytest.mark.usefixtures("drifted")
def test_one_is_shown_by_the_beginning_of_its_id_with_samples(
    waybill: Terminal,
) -> None:
    printed = waybill.json("drift", "show", FIELD.id[:4])
    page = waybill("drift", "show", FIELD.id).output

    assert printed["samples"] == [{"in": {"added": "<text 4>"}}]
    assert "westcon's order status: has a member that its contract does not" in page
    assert "<text 4>" in page
    missing = waybill("drift", "show", "ffffffff")
    assert missing.exit_code == 1
    assert "not in the list" in missing.output


@pytest.mark.usefixtures("drifted")
def test_one_or_all_are_forgotten(waybill: Terminal) -> None:
    assert waybill("drift", "forget").exit_code == 2
    assert waybill("drift", "forget", "ffffffff").exit_code == 1
    assert waybill("drift", "forget", FIELD.id).output == f"{FIELD.id} forgotten\n"
    assert [one["id"] for one in waybill.json("drift", "list")] == [LIMIT.id]

    assert waybill("drift", "forget", "--all").output == "1 forgotten\n"
    assert waybill("drift", "forget", "--all").output == "0 forgotten\n"
    found = waybill.json("audit", "list")
    assert [one["what"] for one in found] == ["drift.forgotten"] * 2
    assert [one["target"] for one in found] == [FIELD.id, "all"]

    assert waybill.json("drift", "list") == []
    assert "Nothing" in waybill("drift", "list").output


def test_status_has_a_line_of_it_and_is_well_nevertheless(
    ledger: World, waybill: Terminal
) -> None:
    before = waybill.json("status")["drift"]
    assert before == {"shapes": 0, "newest": None, "unlisted": 0}
    assert "drift         nothing" in waybill("status").output
    book = Notebook()
    book.note(LIMIT, "deck", lambda: "{}")
    DriftList(ledger.redis, ledger.scripts).write(book)

    printed, page = waybill.json("status"), waybill("status").output

    assert printed["drift"]["shapes"] == 1
    assert printed["drift"]["newest"]
    assert not [why for why in printed["reasons"] if "drift" in why]
    assert "drift         1 of deck, the newest since" in page
    assert "see waybill drift list" in page
