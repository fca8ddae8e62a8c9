"""What is a finding, and what is none although the books differ."""

import json
from dataclasses import replace

import pytest

from serializers.order_record import Portion, Stamp
from serializers.reconcile.finding import LOST, MEANINGS, Act, Kind
from serializers.reconcile.receiver_book import Received
from serializers.timeline.codes import Code, note
from serializers.timeline.entry import Entry
from serializers.westcon.reply import StatusLine
from tasks.outcomes.outcome import NOT_WANTED
from tasks.planning.rules import EndpointRule
from tasks.reconcile.books import (
    DeckSaw,
    Letter,
    OrderBooks,
    Sent,
    Watch,
    WestconSaw,
)
from tasks.reconcile.decide import Left, decide
from tasks.reconcile.watches import saw
from tests.reconcile.books import (
    AGREED,
    DAY,
    ERP,
    EVENT,
    HOUR,
    LEDGER,
    LINE,
    NOW,
    ORDER,
    RULES,
    SCOPE,
    TOLD,
    kinds,
    of_ledger,
    of_order,
    sent,
)


def with_sent(*some: Sent) -> OrderBooks:
    return of_ledger(sent=some)


def letter(kind: str, at_ms: int = NOW - DAY) -> Letter:
    return Letter("event:1-0" if kind == "event" else "delivery:X", kind, "why", at_ms)


TWICE = (
    Received(EVENT, "SO-1", "im::order_shipped|10||2"),
    Received("OTHER", "SO-1", "im::order_shipped|10||2"),
)

#: A person has given the order up.
GIVEN_UP = Entry(TOLD + 99, (note(Code.ABANDONED, "sold elsewhere"),))
ANEW = Entry(TOLD + 100, (note(Code.PLACED, "evt-9"),))

#: Books on which something is wrong, each with the only finding that there is.
WRONG = {
    "unknown here": (replace(AGREED, ledger=None), Kind.UNKNOWN_HERE),
    "unknown at the ERP": (replace(AGREED, erp=None), Kind.UNKNOWN_AT_ERP),
    "cancelled at the ERP": (
        replace(AGREED, erp=replace(ERP, status="Cancelled")),
        Kind.UNKNOWN_AT_ERP,
    ),
    "purchase order": (of_order(purchase_order="PO-2"), Kind.DIFFERS),
    "no purchase order": (of_order(purchase_order=""), Kind.DIFFERS),
    "Westcon number": (of_order(westcon_number="6002"), Kind.DIFFERS),
    "customer": (of_order(customer_id="C-2"), Kind.DIFFERS),
    "no watch": (of_ledger(watch=Watch()), Kind.NOT_WATCHED),
    "watch ended": (of_ledger(watch=Watch("ended")), Kind.NOT_WATCHED),
    "placed again since it was given up": (
        of_ledger(watch=Watch("ended"), timeline=(*LEDGER.timeline, GIVEN_UP, ANEW)),
        Kind.NOT_WATCHED,
    ),
    "in no list": (of_ledger(watch=Watch("due", None, NOW - DAY)), Kind.NOT_WATCHED),
    "lease in no list": (of_ledger(watch=Watch("leased", None)), Kind.NOT_WATCHED),
    "behind": (
        replace(AGREED, westcon=WestconSaw(NOW, 2, ("10: SCH -> SHI",), "2026-01-01")),
        Kind.BEHIND,
    ),
    "no link": (replace(AGREED, deck=DeckSaw(NOW, ())), Kind.LINK_MISSING),
    "a guest": (replace(AGREED, deck=DeckSaw(NOW, ("-100",))), Kind.LINK_MISSING),
    "other link": (replace(AGREED, deck=DeckSaw(NOW, ("C-9",))), Kind.LINK_DIFFERS),
    "one untold": (with_sent(sent("acme")), Kind.NOT_NOTIFIED),
    "not received": (
        replace(AGREED, received={"acme": frozenset(), "globex": frozenset({EVENT})}),
        Kind.NOT_RECEIVED,
    ),
    "received twice": (replace(AGREED, receipts={"acme": TWICE}), Kind.RECEIVED_TWICE),
    "dead letter": (
        replace(AGREED, letters=(letter("notification"),)),
        Kind.DEAD_LETTER,
    ),
    "refused, unknown": (
        replace(AGREED, ledger=None, letters=(letter("event"),)),
        Kind.REFUSED,
    ),
    "refused, differs": (
        replace(of_order(customer_id="C-2"), letters=(letter("event"),)),
        Kind.REFUSED,
    ),
}

#: Books that differ, with nothing wrong.
WELL = {
    "all agree": AGREED,
    "the ERP tells less": replace(AGREED, erp=replace(ERP, purchase_order="")),
    "padded": replace(AGREED, erp=replace(ERP, westcon_number="0000006001")),
    "finished there, gone here": replace(
        AGREED, ledger=None, erp=replace(ERP, status="closed")
    ),
    "cancelled in both": replace(
        of_order(cancelled=True), erp=replace(ERP, status="cancelled")
    ),
    "older than the ledger": replace(
        AGREED, ledger=None, erp=replace(ERP, placed_ms=NOW - 40 * DAY)
    ),
    "just placed at the ERP": replace(
        AGREED, ledger=None, erp=replace(ERP, placed_ms=NOW - 60_000)
    ),
    "newer than the ERP's book": replace(
        of_order(seen_ms=NOW - HOUR // 2, placed_ms=NOW - HOUR // 2), erp=None
    ),
    "an event waits": replace(AGREED, ledger=None, unread=True),
    "finished": of_ledger(
        order=ORDER._replace(lines=(LINE._replace(reached=(Portion("INV", "2"),)),)),
        watch=Watch("ended"),
    ),
    "never placed": of_ledger(order=ORDER._replace(placed_ms=0), watch=Watch()),
    "no number to watch by": replace(
        of_ledger(
            order=ORDER._replace(westcon_number="", purchase_order=""), watch=Watch()
        ),
        erp=replace(ERP, westcon_number="", purchase_order=""),
    ),
    "discarded by a person": of_ledger(
        watch=Watch("ended"),
        timeline=(
            *LEDGER.timeline,
            Entry(TOLD + 99, (note(Code.DISCARDED, "watch:westcon:SO-1"),)),
        ),
    ),
    "given up by a person": replace(
        of_ledger(watch=Watch("ended"), timeline=(*LEDGER.timeline, GIVEN_UP)),
        westcon=WestconSaw(NOW, 2, ("10: SCH -> SHI",), "2026-01-01"),
        deck=DeckSaw(NOW, ()),
    ),
    "a look comes at once": replace(
        of_ledger(watch=Watch("due", NOW + 60_000, NOW - HOUR)),
        westcon=WestconSaw(NOW, 2, ("moved",), "2026-01-01"),
    ),
    "moved since the last look": replace(
        AGREED, westcon=WestconSaw(NOW, 2, ("moved",), "2026-09-21")
    ),
    "changed since it was asked": replace(
        AGREED, westcon=WestconSaw(NOW, 1, ("moved",), "2026-01-01")
    ),
    "a link is under way": replace(
        of_ledger(sent=(Sent("L2.deck", "deck", "link", "due", TOLD), *LEDGER.sent)),
        deck=DeckSaw(NOW, ()),
    ),
    "nobody to link": replace(
        of_order(customer_id=""),
        erp=replace(ERP, customer_id=""),
        deck=DeckSaw(NOW, ()),
    ),
    "DECK did not answer": replace(AGREED, deck=DeckSaw(NOW, (), "busy")),
    "told longer ago than is known": replace(
        with_sent(), ledger=replace(LEDGER, sent=(), timeline=LEDGER.timeline[:2])
    ),
    "told as a dead letter": replace(
        with_sent(sent("acme", "dead"), sent("globex")),
        received={"acme": frozenset(), "globex": frozenset({EVENT})},
    ),
    "a notification waits": replace(
        with_sent(sent("acme", "lane"), sent("globex")),
        received={"acme": frozenset(), "globex": frozenset({EVENT})},
    ),
    "not wanted": replace(
        of_ledger(
            timeline=(
                *LEDGER.timeline,
                Entry(
                    TOLD + 9,
                    (
                        note(
                            Code.DONE,
                            "ingram/acme",
                            f"delivery:{EVENT}.acme",
                            NOT_WANTED,
                        ),
                    ),
                ),
            )
        ),
        received={"acme": frozenset(), "globex": frozenset({EVENT})},
    ),
    "settled by one more": replace(
        AGREED,
        receipts={
            "acme": (
                *TWICE,
                Received(
                    decide(replace(AGREED, receipts={"acme": TWICE}), RULES, SCOPE)
                    .findings[0]
                    .repair.event_id
                ),
            )
        },
    ),
    "two lines under two ids": replace(
        AGREED,
        receipts={"acme": (TWICE[0], replace(TWICE[1], about="im::x|20||2"))},
    ),
    "a letter of a moment ago": replace(
        AGREED, letters=(letter("notification", NOW - 1_000),)
    ),
    "corrected under its own id": replace(
        of_order(customer_id="C-2"),
        erp=None,
        letters=(replace(letter("event"), seen=True),),
        ledger=replace(LEDGER, order=ORDER._replace(seen_ms=NOW, placed_ms=NOW)),
    ),
    "corrected by a later event": replace(
        of_order(
            facts_at=Stamp(NOW - HOUR, (NOW - HOUR, 0)), seen_ms=NOW, placed_ms=NOW
        ),
        erp=None,
        letters=(letter("event"),),
    ),
    "refused, and all is there": replace(AGREED, letters=(letter("event"),)),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_one_finding_with_evidence_and_a_repair(case: str) -> None:
    books, kind = WRONG[case]

    found = decide(books, RULES, SCOPE).findings

    assert [one.kind for one in found] == [kind]
    (one,) = found
    assert one.evidence
    assert all(stated.book and stated.reports for stated in one.evidence)
    assert one.cause
    assert one.repair.id == decide(books, RULES, SCOPE).findings[0].repair.id


def test_every_kind_is_found_and_has_words() -> None:
    assert {kind for _, kind in WRONG.values()} == set(Kind)
    assert set(MEANINGS) == set(Kind) > LOST


@pytest.mark.parametrize("case", WELL)
def test_what_only_differs_is_none(case: str) -> None:
    assert kinds(WELL[case]) == []


def test_what_has_changed_since_a_while_is_in_flight_as_a_whole() -> None:
    entry = Entry(SCOPE.settled_ms, (note(Code.CUSTOMER_LINKED, "evt-2"),))
    books = of_ledger(watch=Watch(), timeline=(*LEDGER.timeline, entry))

    assert decide(books, RULES, SCOPE).left == (Left.IN_FLIGHT,)
    assert kinds(books) == []


def test_a_book_that_is_not_there_is_left_out() -> None:
    for kind in (Kind.UNKNOWN_AT_ERP, Kind.LINK_MISSING, Kind.NOT_RECEIVED):
        books = next(books for books, found in WRONG.values() if found is kind)

        assert kinds(books, replace(SCOPE, books=frozenset({"ledger"}))) == []


def test_an_order_placed_before_is_left_out_and_counted() -> None:
    scope = replace(SCOPE, since_ms=NOW - DAY)

    assert decide(of_ledger(watch=Watch()), RULES, scope).left == (Left.OLD,)


def test_an_endpoint_that_came_later_is_not_owed_what_was_before_it() -> None:
    books = with_sent(sent("acme"))

    assert kinds(books, replace(SCOPE, heard_ms={"acme": 0, "globex": TOLD + 1})) == []
    assert kinds(books, replace(SCOPE, heard_ms={"acme": 0})) == []
    named = of_ledger(
        order=ORDER._replace(endpoints=("acme", "globex")), sent=(sent("acme"),)
    )
    assert kinds(named, replace(SCOPE, heard_ms={})) == ["not_notified"]


def test_an_endpoint_that_wants_other_events_is_not_owed_these() -> None:
    chosen = EndpointRule("schema", frozenset({"im::order_invoiced"}))
    rules = replace(RULES, endpoints={**RULES.endpoints, "globex": chosen})

    assert kinds(with_sent(sent("acme")), rules=rules) == []


def test_what_nobody_was_told_of_is_found_for_each_endpoint() -> None:
    found = decide(with_sent(), RULES, SCOPE).findings

    assert [one.repair.endpoint for one in found] == ["acme", "globex"]
    assert len({one.repair.event_id for one in found}) == 1


def test_a_transition_is_told_again_under_the_id_that_it_has_elsewhere() -> None:
    (one,) = decide(with_sent(sent("acme")), RULES, SCOPE).findings

    assert (one.repair.act, one.repair.endpoint) == (Act.NOTIFY, "globex")
    assert (one.repair.event_id, one.repair.lines) == (EVENT, ("6001/10",))


def test_an_order_that_receivers_have_heard_of_comes_in_without_notifying() -> None:
    unknown = replace(AGREED, ledger=None)

    heard = decide(replace(unknown, receipts={"acme": TWICE[:1]}), RULES, SCOPE)
    unheard = decide(unknown, RULES, SCOPE)

    assert _data(heard.findings[0].repair.event)["baseline"] is True
    assert "baseline" not in _data(unheard.findings[0].repair.event)


def test_a_correction_has_no_time_so_that_it_is_the_newest() -> None:
    (one,) = decide(of_order(purchase_order="PO-2"), RULES, SCOPE).findings
    event = json.loads(one.repair.event)

    assert "time" not in event
    assert (event["source"], event["type"]) == ("/erp", "order.placed")
    assert event["id"].startswith("reconcile-")


def test_what_was_published_since_the_book_was_written_is_not_undone() -> None:
    late = Stamp(0, (SCOPE.erp_ms, 0))

    assert kinds(of_order(purchase_order="PO-2", facts_at=late)) == []
    newer = of_order(customer_id="C-2", customer_at=late)
    assert kinds(replace(newer, deck=None)) == []


@pytest.mark.parametrize("status", ["cancelled", "closed"])
def test_a_refused_event_places_no_order_that_the_erp_has_ended(status: str) -> None:
    erp = replace(ERP, status=status)
    letter = Letter("event:0-1", "event", "no order number", NOW - DAY)
    books = replace(AGREED, ledger=None, erp=erp, letters=(letter,))

    acts = {one.repair.act for one in decide(books, RULES, SCOPE).findings}

    assert acts == {Act.REPLAY}


def test_what_was_taken_after_a_book_was_written_need_not_be_in_it() -> None:
    taken = note(Code.DONE, "ingram/acme", f"delivery:{EVENT}.acme", "http 200")
    late = Entry(SCOPE.erp_ms + 1, (taken,))
    books = of_ledger(timeline=(*LEDGER.timeline, late))

    assert kinds(replace(books, received={"acme": frozenset()})) == []


def test_an_answer_from_before_a_link_shows_nothing_of_it() -> None:
    linked = Entry(NOW - 2 * HOUR, (note(Code.DONE, "deck", "delivery:L2", "code 0"),))
    books = of_ledger(timeline=(*LEDGER.timeline, linked))

    assert kinds(replace(books, deck=DeckSaw(NOW - 3 * HOUR, ()))) == []
    assert kinds(replace(books, deck=DeckSaw(NOW - HOUR, ()))) == ["link_missing"]


def test_a_refused_event_is_not_corrected_by_an_older_book() -> None:
    letter = Letter("event:0-1", "event", "no order number", NOW - HOUR // 2)
    books = replace(AGREED, letters=(letter,))

    (one,) = decide(books, RULES, SCOPE).findings

    assert (one.kind, one.repair.act) == (Kind.REFUSED, Act.REPLAY)


def test_a_customer_alone_is_corrected_without_touching_the_watch() -> None:
    (one,) = decide(of_order(customer_id="C-2"), RULES, SCOPE).findings

    assert json.loads(one.repair.event)["type"] == "order.customer_linked"


def test_a_finding_covers_what_its_repair_would_mend_or_undo() -> None:
    books = replace(of_order(customer_id="C-2"), deck=DeckSaw(NOW, ("C-2",)))
    lost = replace(of_ledger(watch=Watch()), westcon=WestconSaw(NOW, 2, ("moved",)))

    assert kinds(books) == ["differs"]
    assert kinds(lost) == ["not_watched"]


def row(status: str, quantity: str, order: str = "6001") -> StatusLine:
    return StatusLine(
        order, "10", "PO-1", "", "", quantity, status, "2026-01-02", "", ""
    )


def test_westcon_is_compared_by_quantity_and_status() -> None:
    assert saw(LEDGER, (row("SHI", "2"),), RULES, NOW).moved == ()
    assert saw(LEDGER, (row("INV", "2"),), RULES, NOW).moved == ("line 10: SHI -> INV",)
    assert saw(LEDGER, (row("SHI", "5"),), RULES, NOW).moved
    # Statuses never go backwards, so this is no progress.
    assert saw(LEDGER, (row("NAO", ""),), RULES, NOW).problem


def test_under_a_purchase_order_only_known_orders_of_westcons_count() -> None:
    by_po = replace(LEDGER, order=ORDER._replace(westcon_number=""))
    others = (row("SHI", "2"), row("SHI", "9", order="7777"))

    assert saw(by_po, others, RULES, NOW).moved == ()


def _data(event: str) -> dict[str, object]:
    data: dict[str, object] = json.loads(event)["data"]
    return data
