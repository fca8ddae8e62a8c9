"""Comparison of one poll with an order's snapshot."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from serializers.order_record import Expected, Line, Order, Shipment
from serializers.timeline.codes import Code, note
from serializers.westcon.line import Unread
from serializers.westcon.reply import StatusLine
from tasks.ledger_values import Advance, Claim, Held, Roster
from tasks.outcomes.errors import NotYet, PermanentError, TransientError
from tasks.planning.lines.answer import Row
from tasks.polling.attribution import Others
from tasks.polling.compare import compare, refusal
from tasks.polling.joining import row_of
from tasks.polling.look_notes import NOTED
from tests.tasks.fakes import RULES, START_MS
from tests.tasks.samples import NUMBER, line, order, reported

CLAIM = Claim("watch:westcon:SO-1", 3)
HOUR_MS = 3_600_000


def look(
    before: Order | None, *lines: StatusLine, ms: int = 0
) -> Advance | PermanentError:
    held = Held(before, 4 if before else 0)
    now_ms = START_MS + ms
    return compare(CLAIM, held, lines, RULES, now_ms, 0.5, asked_ms=now_ms)


def advance(before: Order | None, *lines: StatusLine, ms: int = 0) -> Advance:
    found = look(before, *lines, ms=ms)
    assert isinstance(found, Advance)
    return found


def snapshot(found: Advance) -> tuple[Line, ...]:
    assert found.order is not None
    return found.order.lines


def statuses(found: Advance) -> list[tuple[str, str]]:
    bodies: list[dict[str, Any]] = [json.loads(d.payload) for d in found.deliveries[:1]]
    return [
        (each["LineNumber"], each["lineStatus"])
        for body in bodies
        for resource in body["resource"]
        for each in resource["lines"]
    ]


def test_a_line_of_the_reply_becomes_a_row_of_the_answer() -> None:
    reply = reported("SHI", ship_date="2026-02-03", invoice="9001")

    assert row_of(reply) == Row(
        key=f"{NUMBER}/10",
        number="10",
        sub_order=NUMBER,
        status="SHI",
        status_date="2026-02-01",
        quantity="5",
        part="IM-1",
        ship_date="2026-02-03",
        invoice="9001",
    )


def test_lines_that_have_only_the_customers_number_are_distinguished_by_it() -> None:
    replies = [reported(line="", customer_line_number=n) for n in ("0001", "0002")]

    found = advance(order(), *replies)

    assert [(one.key, one.number) for one in snapshot(found)] == [
        (f"{NUMBER}/1", "0001"),
        (f"{NUMBER}/2", "0002"),
    ]


def test_the_first_look_reports_what_it_sees() -> None:
    found = advance(order(), reported("SCH"), reported("SHI", "20"), ms=HOUR_MS)

    assert statuses(found) == [("20", "IM::shipped")]
    assert (found.number, found.version, found.claim) == ("SO-1", 4, CLAIM)
    assert found.order is not None
    assert found.order.changed_ms == START_MS + HOUR_MS
    assert found.next_look == RULES.poll.calm
    assert found.notes == (
        note(Code.LOOK),
        note(Code.LINE_NEW, f"{NUMBER}/10", "SCH"),
        note(Code.LINE_NEW, f"{NUMBER}/20", "SHI"),
    )


def test_a_look_that_sees_nothing_new_writes_nothing() -> None:
    seen = snapshot(advance(order(purchase_order="PO-7"), reported("SHI")))

    found = advance(
        order(purchase_order="PO-7", lines=seen), reported("SHI"), ms=HOUR_MS
    )

    assert (found.order, found.deliveries, found.next_look) == (None, (), 360.0)


class OfManyNames(frozenset[str]):
    """Names of a roster, so many that nobody may go through them for one order."""

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("it went through the names of all endpoints")

    def __le__(self, other: object) -> bool:
        raise AssertionError("it compared the names of all endpoints")

    __lt__ = __ge__ = __gt__ = __le__


def test_an_order_that_names_its_endpoints_is_compared_without_all_others() -> None:
    before = order(endpoints=("acme",))
    held = Held(before, 4, roster=Roster("1", OfManyNames({"acme", "other"})))

    found = compare(CLAIM, held, [reported("SHI")], RULES, START_MS, 0.5, asked_ms=1)

    assert isinstance(found, Advance)
    assert [one.destination for one in found.deliveries] == ["ingram/acme"]


def test_late_facts_are_an_update_of_the_line_and_no_progress() -> None:
    seen = snapshot(advance(order(), reported("SHI")))

    found = advance(order(lines=seen), reported("SHI", ship_date="2026-02-03"), ms=1)

    assert snapshot(found)[0].shipments == (Shipment("2026-02-03", "5"),)
    assert statuses(found) == [("10", "IM::shipped")]
    assert found.order is not None
    assert found.order.changed_ms == START_MS
    assert found.notes == (note(Code.LOOK),)


def test_westcons_customer_order_number_stands_in_for_the_events() -> None:
    without = advance(order(), reported("SHI")).order
    given = advance(order(purchase_order="PO-1"), reported("SHI")).order

    assert without is not None
    assert given is not None
    assert (without.purchase_order, given.purchase_order) == ("PO-7", "PO-1")


def test_a_baseline_is_kept_in_silence_and_only_once() -> None:
    first = advance(order(baseline=True), reported("SHI"))
    second = advance(first.order, reported("INV"))

    assert first.deliveries == ()
    assert first.notes == (
        note(Code.BASELINE),
        note(Code.LINE_NEW, f"{NUMBER}/10", "SHI"),
    )
    assert statuses(second) == [("10", "IM::invoiced")]


def test_a_baseline_is_silent_although_an_event_came_before_it() -> None:
    early = order(baseline=True, lines=(line("SHI"),))

    found = advance(
        early, reported("SHI"), reported("INV", "20"), reported("INV", "30")
    )

    assert found.deliveries == ()
    assert found.order is not None
    assert not found.order.baseline


def test_a_line_that_an_event_has_notified_is_not_notified_again() -> None:
    erps = line("SHI", key="/10", sub_order="")

    found = advance(order(lines=(erps,)), reported("SHI"))

    assert found.deliveries == ()
    assert [one.key for one in snapshot(found)] == [f"{NUMBER}/10"]


def test_a_finished_order_is_not_looked_at_again() -> None:
    found = advance(order(), reported("INV"), reported("REJ", "20"))

    assert found.next_look is None
    assert statuses(found) == [("10", "IM::invoiced"), ("20", "IM::voided")]


def test_a_finished_order_is_looked_at_by_purchase_order_until_it_has_been_quiet() -> (
    None
):
    before = order(purchase_order="PO-7")
    quiet_ms = int(RULES.poll.quiet * 1000)

    first = advance(before, reported("INV"))
    almost = advance(first.order, reported("INV"), ms=quiet_ms - 1000)
    quiet = advance(first.order, reported("INV"), ms=quiet_ms)
    split_off = advance(first.order, reported("SCH", order_number="61"), ms=quiet_ms)

    assert first.next_look == RULES.poll.longest
    assert (almost.next_look, quiet.next_look) == (1.0, None)
    assert split_off.next_look == RULES.poll.calm


ORDERED = (Expected("1", "5"), Expected("2", "2"))
REST = {"line": "20", "quantity": "2"}


def test_a_watch_by_purchase_order_ends_once_all_that_was_ordered_is_invoiced() -> None:
    before = order(purchase_order="PO-7", expected=ORDERED)

    part = advance(before, reported("INV"))
    whole = advance(part.order, reported("INV"), reported("INV", **REST))

    assert (part.next_look, whole.next_look) == (45.0, None)


def test_what_was_rejected_may_come_again_until_it_has_been_quiet() -> None:
    before = order(purchase_order="PO-7", expected=ORDERED)
    rejected = reported("INV"), reported("REJ", **REST)

    first = advance(before, *rejected)
    quiet = advance(first.order, *rejected, ms=int(RULES.poll.quiet * 1000))

    assert (first.next_look, quiet.next_look) == (RULES.poll.longest, None)


def test_what_westcon_never_placed_is_a_question_for_a_person() -> None:
    before = order(purchase_order="PO-7", expected=ORDERED)
    first = advance(before, reported("INV"))

    error = look(first.order, reported("INV"), ms=int(RULES.poll.patience * 1000) + 1)

    assert isinstance(error, PermanentError)
    assert "open lines: none known; Westcon has placed less of it" in str(error)


def test_a_watch_by_westcons_number_asks_for_no_more_than_it_has() -> None:
    before = order(westcon_number=NUMBER, expected=ORDERED)

    assert advance(before, reported("INV")).next_look is None


def test_orders_that_are_set_aside_are_named_once_and_a_few_of_them() -> None:
    before = order(purchase_order="PO-7", placed_ms=START_MS)
    old = [reported("INV", order_number=str(n)) for n in range(100, 109)]

    first = advance(before, *old)
    again = advance(first.order, *old, ms=1)

    assert first.notes[:2] == (
        note(Code.LOOK),
        note(Code.SET_ASIDE, "100", "2026-02-01"),
    )
    assert first.notes[-1] == note(Code.MORE_SET_ASIDE, "4")
    assert (first.deliveries, snapshot(first), first.next_look) == ((), (), 45.0)
    assert (again.order, again.deliveries) == (None, ())


def test_an_order_that_was_cancelled_meanwhile_is_notified_nothing() -> None:
    found = advance(order(cancelled=True), reported("SHI"))

    assert found == Advance(CLAIM, "SO-1", 4, None, None)


def test_an_order_that_is_gone_ends_its_watch() -> None:
    assert advance(None, reported("SHI")) == Advance(CLAIM, "SO-1", 0, None, None)


def test_a_watch_out_of_patience_states_how_to_go_on() -> None:
    days = RULES.poll.patience * 1000 + 1
    seen = snapshot(advance(order(), reported("SCH")))

    error = look(order(lines=seen), reported("SCH"), ms=int(days))

    assert isinstance(error, PermanentError)
    assert error.code == "out_of_patience"
    assert "has not changed for 90 days" in str(error)
    assert "order.placed" in str(error)


def test_a_watch_out_of_patience_names_the_lines_that_are_open() -> None:
    numbers = ["10", "20", "30"]
    seen = tuple(
        line(s, n) for s, n in zip(["SCH", "BOR", "INV"], numbers, strict=True)
    )
    ms = int(RULES.poll.patience * 1000) + 1

    error = look(order(lines=seen), reported("SCH"), reported("INV", "30"), ms=ms)

    assert "open lines: 10 (SCH), 20 (BOR, no longer reported); publish" in str(error)


def test_a_watch_out_of_patience_names_a_few_lines_only() -> None:
    seen = tuple(line("SCH", str(n)) for n in range(10, 18))
    ms = int(RULES.poll.patience * 1000) + 1

    error = look(order(lines=seen), reported("SCH"), ms=ms)

    assert "14 (SCH, no longer reported), and 3 more; publish" in str(error)


def test_a_change_after_the_end_of_patience_is_notified_and_watched_on() -> None:
    days = RULES.poll.patience * 1000 + 1

    found = advance(order(lines=(line("SCH"),)), reported("SHI"), ms=int(days))

    assert statuses(found) == [("10", "IM::shipped")]
    assert found.next_look == RULES.poll.calm


def test_own_orders_that_are_unknown_are_asked_for_by_purchase_order_next() -> None:
    grace = int(RULES.poll.nao_grace * 1000)

    for ms in (START_MS, START_MS + 2 * grace):
        refused = refusal(order(), [reported("NAO")], RULES, ms, by_own=True)
        assert isinstance(refused, TransientError)
    assert refusal(order(), [reported()], RULES, START_MS, by_own=True) is None


def test_an_unknown_order_is_waited_for_within_its_grace() -> None:
    grace = int(RULES.poll.nao_grace * 1000)
    nao = [reported("NAO")]

    within = refusal(order(), nao, RULES, START_MS + grace - 1)
    after = refusal(order(), nao, RULES, START_MS + grace)

    assert isinstance(within, NotYet)
    assert not within.shared
    assert isinstance(after, PermanentError)
    assert refusal(order(), [reported("SCH")], RULES, START_MS + grace) is None


def test_one_order_of_a_purchase_order_may_be_unknown() -> None:
    reply = [reported("NAO", "", order_number="61"), reported("SHI")]

    refused = refusal(order(), reply, RULES, START_MS + 30 * 24 * HOUR_MS)
    found = advance(order(), *reply)

    assert refused is None
    assert [one.key for one in snapshot(found)] == [f"{NUMBER}/10"]
    assert statuses(found) == [("10", "IM::shipped")]


def test_the_grace_of_an_order_placed_anew_begins_anew() -> None:
    placed_again = START_MS + 30 * 24 * HOUR_MS
    again = order()._replace(changed_ms=placed_again)

    error = refusal(again, [reported("NAO")], RULES, placed_again + HOUR_MS)

    assert isinstance(error, NotYet)


UNREAD = (Unread("shipDate", "25 Sept"), Unread("lineQuantity", "two"))


def test_what_cannot_be_read_is_once_in_the_timeline_and_lasts_at_its_line() -> None:
    first = advance(order(), reported("SHI", unread=UNREAD))
    again = advance(first.order, reported("SHI", unread=UNREAD), ms=1)
    onward = advance(first.order, reported("INV", unread=UNREAD), ms=1)
    mended = advance(first.order, reported("SHI", ship_date="2026-09-25"), ms=2)

    text = "shipDate 25 Sept; lineQuantity two"
    assert first.notes[1:] == (
        note(Code.LINE_NEW, f"{NUMBER}/10", "SHI"),
        note(Code.UNREAD, f"{NUMBER}/10", text),
    )
    assert snapshot(first)[0].unread == text
    assert (again.order, again.notes) == (None, ())
    assert not [one for one in onward.notes if one.code is Code.UNREAD]
    assert snapshot(mended)[0].unread == ""
    assert mended.notes == (note(Code.LOOK),)


def test_a_date_that_turns_unreadable_is_shown_and_the_earlier_one_stays() -> None:
    first = advance(order(), reported("SHI", ship_date="2026-09-25"))
    second = advance(first.order, reported("SHI", unread=UNREAD[:1]), ms=1)

    assert second.notes[1:] == (note(Code.UNREAD, f"{NUMBER}/10", "shipDate 25 Sept"),)
    assert snapshot(second)[0].shipments == (Shipment("2026-09-25", "5"),)
    assert second.deliveries == ()


def test_a_reply_full_of_unreadable_values_leaves_one_bounded_line() -> None:
    replies = [reported("SHI", str(n), unread=UNREAD) for n in range(10, 1_000)]

    found = advance(order(), *replies)

    assert found.notes[-1] == note(Code.MORE_UNREAD, "985")
    assert Counter(one.code for one in found.notes) == {
        Code.LOOK: 1,
        Code.LINE_NEW: NOTED,
        Code.MORE_LINES: 1,
        Code.UNREAD: 5,
        Code.MORE_UNREAD: 1,
    }


def test_lines_of_others_wait_for_our_order_as_for_an_unknown_one() -> None:
    others = Others(
        "C", "po-7", (reported(), reported("SHI", customer_order_number="PO-7 "))
    )

    early = refusal(order(seen_ms=START_MS), others, RULES, START_MS + HOUR_MS)
    late = refusal(order(seen_ms=START_MS), others, RULES, START_MS + 25 * HOUR_MS)

    assert isinstance(early, NotYet)
    assert (early.code, early.after, early.shared) == ("other_order", 900.0, False)
    assert isinstance(late, PermanentError)
    assert late.code == "other_order"
    assert "asked for purchase order po-7 and answered about PO-7" in str(late)


def test_a_dead_letter_about_others_names_some_of_them_in_printable_letters() -> None:
    lines = tuple(reported(order_number=f"{n}\x1b" + "x" * 99) for n in range(20))

    error = refusal(order(), Others("W", "60012345", lines), RULES, 10**15)

    assert str(error).isprintable()
    assert len(str(error)) < 700


def test_a_look_that_sees_nothing_new_leaves_no_entry_in_the_timeline() -> None:
    first = advance(order(), reported(), reported("SHI", "20"))

    again = advance(first.order, reported(), reported("SHI", "20"), ms=HOUR_MS)

    assert (again.order, again.notes, again.deliveries) == (None, (), ())
    assert again.next_look is not None
