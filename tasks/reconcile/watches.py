"""Watches that should run and do not, and snapshots that are behind Westcon's."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from serializers.order_record import Order
from serializers.reconcile.finding import Act, Evidence, Finding, Kind, Repair
from serializers.timeline.codes import Code
from serializers.westcon.reply import StatusLine
from tasks.planning.rules import PlanRules
from tasks.planning.statuses import NOT_AUTHENTIC
from tasks.polling.joining import all_finished, read_answer
from tasks.polling.ownership import BY_PURCHASE_ORDER, folded_number, own_numbers
from tasks.reconcile.books import (
    LEDGER,
    UNDER_WAY,
    WESTCON,
    LedgerOrder,
    OrderBooks,
    Scope,
    WestconSaw,
)

#: Lines that evidence names.
SHOWN = 5

#: What the ref of a watch begins with, in an older release too.
_WATCHES = ("watch:", "order:")

#: Westcon's days have no time zone.
LEEWAY = timedelta(days=1)


def should_run(known: LedgerOrder, rules: PlanRules) -> bool:
    """Whether an order is to be watched, by its record alone."""
    order = known.order
    if not rules.westcon or not order.placed_ms or order.cancelled:
        return False
    if order.westcon_reference is None:
        return False
    return not all_finished(order.lines, rules) or bool(order.assigned)


def runs(known: LedgerOrder) -> bool:
    """Whether somebody will look: the state alone is not enough."""
    return known.watch.state in UNDER_WAY and known.watch.next_ms is not None


def not_watched(books: OrderBooks, rules: PlanRules) -> Iterator[Finding]:
    """A watch that should run and does not."""
    known = books.ledger
    if known is None or known.watch.state == "dead" or runs(known):
        return
    if not should_run(known, rules) or _ended_by_hand(known):
        return
    if known.is_given_up(Code.PLACED):
        return
    open_ = [one for one in known.order.lines if one.status]
    lines = ", ".join(f"line {n.number} {n.distribution}" for n in open_[:SHOWN])
    state = known.watch.state or "none"
    reports = f"watch {state}, in no list; {lines or 'no line seen'}"
    cause = "the ledger lost it: was Redis restored, or written to by hand?"
    repair = _poll(books, known)
    evidence = (Evidence(LEDGER, reports, known.watch.looked_ms),)
    yield Finding(Kind.NOT_WATCHED, books.name, evidence, cause, repair)


def behind(books: OrderBooks, scope: Scope) -> Iterator[Finding]:
    """A status or quantity that is behind Westcon's, although it should not be.

    A watch that goes on sees at its next look what Westcon has changed since its last
    one; only what Westcon dates before that is behind.
    """
    known, saw = books.ledger, books.westcon
    if known is None or saw is None or not saw.moved or known.watch.state == "dead":
        return
    if saw.version != known.version or known.order.cancelled:
        return
    if known.is_given_up(Code.PLACED):
        return
    if runs(known) and awaits_a_look(known, saw, scope):
        return
    seen = f"{'; '.join(saw.moved[:SHOWN])}{f', of {saw.day}' if saw.day else ''}"
    next_ms = known.watch.next_ms
    cause = "no look follows: the order counted as finished"
    if next_ms is not None:
        cause = "looks at it have failed, or did not see it; see waybill explain"
    evidence = (
        Evidence(WESTCON, seen, saw.asked_ms),
        Evidence(LEDGER, f"watch {known.watch.state}", known.watch.looked_ms),
    )
    yield Finding(Kind.BEHIND, books.name, evidence, cause, _poll(books, known))


def awaits_a_look(known: LedgerOrder, saw: WestconSaw, scope: Scope) -> bool:
    """Whether the next look of a watch that goes on is the first that can see it."""
    watch = known.watch
    grace_ms = scope.now_ms - scope.settled_ms
    if watch.next_ms is not None and watch.next_ms <= scope.now_ms + grace_ms:
        return True
    if not watch.looked_ms:
        return False
    looked = datetime.fromtimestamp(watch.looked_ms / 1000, UTC).date()
    return bool(saw.day) and saw.day >= (looked - LEEWAY).isoformat()


def saw(
    known: LedgerOrder,
    lines: Sequence[StatusLine],
    rules: PlanRules,
    asked_ms: int,
) -> WestconSaw:
    """How an answer of Westcon's differs from what the ledger has.

    Under a purchase order only those of Westcon's orders count that are known to be the
    order's, once there are some.

    Args:
        known: the order.
        lines: the answer, of this order alone.
        rules: statuses.
        asked_ms: UTC ms of the question, by Redis' clock.
    """
    order, version = known.order, known.version
    lines = [one for one in _own(order, lines) if one.status != NOT_AUTHENTIC]
    if not lines:
        return WestconSaw(asked_ms, version, problem="Westcon does not know it")
    reading = read_answer(order, lines, rules, asked_ms, asked_ms)
    waits = {one.key for one in order.parcels.waits}
    moved = [
        one
        for one in reading.transitions
        if one.is_progress and one.line.key not in waits
    ]
    keys = {one.line.key for one in moved}
    days = (
        max(row.status_date, row.ship_date) for row in reading.rows if row.key in keys
    )
    words = (
        f"line {one.line.number}: {one.shown[0] or 'not seen'} -> {one.shown[1]}"
        for one in moved
    )
    return WestconSaw(asked_ms, version, tuple(words), max(days, default=""))


def _own(order: Order, lines: Sequence[StatusLine]) -> Sequence[StatusLine]:
    order_type, _ = order.westcon_reference or ("", "")
    own = own_numbers(order)
    if order_type != BY_PURCHASE_ORDER or not own:
        return lines
    return [one for one in lines if folded_number(one.order_number) in own]


def _ended_by_hand(known: LedgerOrder) -> bool:
    """Whether a person has discarded the watch, and no event has come since."""
    for entry in reversed(known.timeline):
        for note in entry.notes:
            if note.code is Code.PLACED:
                return False
            if note.code is Code.DISCARDED and note["item"].startswith(_WATCHES):
                return True
    return False


def _poll(books: OrderBooks, known: LedgerOrder) -> Repair:
    why = f"{known.version} {known.watch.looked_ms} {known.last_ms}"
    return Repair(Act.POLL, books.name, why=why)
