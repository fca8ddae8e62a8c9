"""Notifications that were never made, never arrived, or arrived under two ids."""

from collections.abc import Iterator
from itertools import groupby

from serializers.formats.ids import event_id
from serializers.reconcile.finding import Act, Evidence, Finding, Kind, Repair
from serializers.reconcile.receiver_book import Received
from serializers.timeline.codes import Code
from tasks.outcomes.outcome import NOT_WANTED
from tasks.planning.rules import INGRAM_PREFIX, PlanRules
from tasks.reconcile.books import LEDGER, LedgerOrder, OrderBooks, Scope, Sent
from tasks.reconcile.transitions import (
    Step,
    endpoints_of,
    is_wanted,
    sent_to,
    steps_of,
)

#: Ids that evidence names.
SHOWN = 3


def not_notified(
    books: OrderBooks, rules: PlanRules, scope: Scope
) -> Iterator[Finding]:
    """A transition of which an endpoint was never notified.

    An endpoint that an order does not name counts from the first notification that was
    made for it: what was before it came is no loss.
    """
    known = books.ledger
    if known is None:
        return
    steps = [one for one in steps_of(known, rules) if one.ms >= scope.delivered_ms]
    for endpoint in endpoints_of(known, rules) if steps else ():
        heard = sent_to(known, endpoint)
        moments, ids = {one.at_ms for one in heard}, {one.event_id for one in heard}
        since = scope.heard_ms.get(endpoint)
        named = known.order.endpoints is not None
        for step in steps:
            made = step.ms in moments or ids & {again_as(step, known), *step.event_ids}
            late = named or (since is not None and step.ms >= since)
            if not made and late and is_wanted(step, endpoint, rules):
                yield _unnotified(books, known, step, endpoint)


def again_as(step: Step, known: LedgerOrder) -> str:
    """The event's id under which a step is notified that nobody was notified of.

    Where others were, it is their id, so that it is the same event everywhere.
    """
    if len(step.event_ids) == 1:
        return next(iter(step.event_ids))
    return event_id("reconcile", known.order.name, str(step.ms))


def _unnotified(
    books: OrderBooks, known: LedgerOrder, step: Step, endpoint: str
) -> Finding:
    others = sorted(one.destination for one in step.sent)
    reports = f"lines {', '.join(step.lines[:SHOWN]) or 'unnamed'} moved"
    reports += f"; others heard: {', '.join(others[:SHOWN]) or 'none'}"
    evidence = (
        Evidence(LEDGER, reports, step.ms),
        Evidence(LEDGER, f"no delivery to {INGRAM_PREFIX}{endpoint} of this moment"),
    )
    cause = "its delivery was lost from the ledger; was Redis restored?"
    repair = Repair(
        Act.NOTIFY,
        books.name,
        why=f"{step.ms} {known.repaired_ms}",
        endpoint=endpoint,
        event_id=again_as(step, known),
        lines=step.lines,
    )
    return Finding(Kind.NOT_NOTIFIED, books.name, evidence, cause, repair)


def not_received(
    books: OrderBooks, rules: PlanRules, scope: Scope
) -> Iterator[Finding]:
    """A notification that was delivered, and that the receiver does not have."""
    known = books.ledger
    if known is None:
        return
    unsent, taken = set(_unsent(known)), _taken_ms(known)
    for endpoint, ids in books.received.items():
        written, begins = scope.receivers_ms[endpoint]
        if endpoint not in rules.endpoints:
            continue
        for one in sent_to(known, endpoint):
            at_ms = taken.get(one.id, one.at_ms)
            in_book = begins <= one.at_ms and at_ms < min(written, scope.settled_ms)
            missing = one.event_id not in ids and one.id not in unsent
            if one.state == "done" and in_book and missing:
                yield _unreceived(books, known, one, endpoint, written)


def _taken_ms(known: LedgerOrder) -> dict[str, int]:
    """When each delivery was taken, UTC ms, which may be long after it was made."""
    return {
        note["item"].partition(":")[2]: entry.ms
        for entry in known.timeline
        for note in entry.notes
        if note.code is Code.DONE
    }


def _unsent(known: LedgerOrder) -> Iterator[str]:
    """Ids of deliveries that are done without a call: the endpoint wanted none."""
    for entry in known.timeline:
        for note in entry.notes:
            if note.code is Code.DONE and note["answer"] == NOT_WANTED:
                yield note["item"].partition(":")[2]


def _unreceived(
    books: OrderBooks, known: LedgerOrder, one: Sent, endpoint: str, written: int
) -> Finding:
    evidence = (
        Evidence(LEDGER, f"{one.destination} took event {one.event_id}", one.at_ms),
        Evidence(f"receiver {endpoint}", "no such event", written),
    )
    cause = "the receiver answered before it had kept it, or has lost it since"
    lines = next(
        (
            tuple(note["line"] for note in entry.notes if "line" in note.named)
            for entry in known.timeline
            if entry.ms == one.at_ms
        ),
        (),
    )
    repair = Repair(
        Act.NOTIFY,
        books.name,
        why=f"{one.at_ms} {known.last_ms}",
        endpoint=endpoint,
        event_id=one.event_id,
        lines=lines,
    )
    return Finding(Kind.NOT_RECEIVED, books.name, evidence, cause, repair)


def received_twice(books: OrderBooks, rules: PlanRules) -> Iterator[Finding]:
    """One transition that a receiver has under two ids.

    One more notification states how the lines are now; once there is one, nothing more
    is to be done about the pair.
    """
    known = books.ledger
    if known is None:
        return
    for endpoint, rows in books.receipts.items():
        if endpoint not in rules.endpoints:
            continue
        have = {row.event_id for row in rows}
        have |= {one.event_id for one in sent_to(known, endpoint)}
        pairs = dict.fromkeys(_pairs(rows))
        for ids in pairs:
            settled = event_id("reconcile", books.name, endpoint, *ids)
            if settled not in have:
                yield _twice(known, endpoint, ids, settled)


def _pairs(rows: tuple[Received, ...]) -> Iterator[tuple[str, ...]]:
    """The ids under which one and the same came, where these are several."""
    about = sorted((row for row in rows if row.about), key=lambda row: row.about)
    for _, group in groupby(about, key=lambda row: row.about):
        ids = sorted({row.event_id for row in group})
        if len(ids) > 1:
            yield tuple(ids)


def _twice(
    known: LedgerOrder, endpoint: str, ids: tuple[str, ...], settled: str
) -> Finding:
    reports = f"events {', '.join(ids[:SHOWN])} are about the same"
    evidence = (Evidence(f"receiver {endpoint}", reports),)
    cause = (
        "the order was made anew after its ledger was lost, or two deployments"
        " notify this endpoint"
    )
    repair = Repair(
        Act.NOTIFY,
        known.order.name,
        why=f"{known.repaired_ms} {' '.join(ids)}",
        endpoint=endpoint,
        event_id=settled,
    )
    return Finding(Kind.RECEIVED_TWICE, known.order.name, evidence, cause, repair)
