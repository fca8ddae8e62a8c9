"""Decision about one order: what of it is not in scope, and what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from serializers.reconcile.finding import Act, Evidence, Finding, Kind, Repair
from tasks.planning.rules import PlanRules
from tasks.reconcile import links, notifications, orders, watches
from tasks.reconcile.books import (
    DECK,
    ERP,
    RECEIVERS,
    WESTCON,
    Letter,
    OrderBooks,
    Scope,
)

#: Which kinds a finding makes needless: its repair mends what they would, or they would
#: mend it against it.
COVERS = {
    Kind.REFUSED: {Kind.UNKNOWN_HERE, Kind.DIFFERS},
    Kind.UNKNOWN_AT_ERP: {
        Kind.NOT_WATCHED,
        Kind.BEHIND,
        Kind.LINK_MISSING,
        Kind.LINK_DIFFERS,
    },
    Kind.DIFFERS: {Kind.NOT_WATCHED, Kind.BEHIND, Kind.LINK_MISSING, Kind.LINK_DIFFERS},
    Kind.NOT_WATCHED: {Kind.BEHIND},
}


class Left(StrEnum):
    """Why an order, or a part of it, was not compared."""

    IN_FLIGHT = "in_flight"
    OLD = "older_than_asked"
    NO_ANSWER = "not_answered"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is wrong with an order, and what of it was not compared.

    Attributes:
        unasked: the partners that could not be asked about it, each with the reason.
    """

    findings: tuple[Finding, ...] = ()
    left: tuple[Left, ...] = ()
    unasked: tuple[Evidence, ...] = ()


def decide(books: OrderBooks, rules: PlanRules, scope: Scope) -> Decision:
    """Compare all books about one order.

    Args:
        books: what each has of it.
        rules: statuses, endpoints, partners in use.
        scope: which books there are, and what is too new or too old.
    """
    left = _left(books, scope)
    if left is not None:
        return Decision(left=(left,))
    found = tuple(
        _uncovered([*_letters(books, rules, scope), *_of(books, rules, scope)])
    )
    answers = ((WESTCON, books.westcon), (DECK, books.deck))
    without = [(book, saw) for book, saw in answers if saw is not None and saw.problem]
    unasked = tuple(
        Evidence(book, saw.problem, saw.asked_ms) for book, saw in without if saw.failed
    )
    unanswered = (Left.NO_ANSWER,) if len(without) > len(unasked) else ()
    return Decision(found, unanswered, unasked)


def _left(books: OrderBooks, scope: Scope) -> Left | None:
    """Why nothing is compared, None where something is."""
    if books.unread:
        return Left.IN_FLIGHT
    known = books.ledger
    if known is None:
        return None
    if known.last_ms >= scope.settled_ms:
        return Left.IN_FLIGHT
    order = known.order
    begun = order.placed_ms or order.seen_ms
    if begun and begun < scope.since_ms:
        return Left.OLD
    return None


def _of(books: OrderBooks, rules: PlanRules, scope: Scope) -> Iterator[Finding]:
    if ERP in scope.books:
        yield from orders.unknown_here(books, scope)
        yield from orders.unknown_at_erp(books, scope)
        yield from orders.differs(books, rules, scope)
    yield from watches.not_watched(books, rules)
    if WESTCON in scope.books:
        yield from watches.behind(books, scope)
    if DECK in scope.books:
        yield from links.links(books, rules)
    yield from notifications.not_notified(books, rules, scope)
    if RECEIVERS in scope.books:
        yield from notifications.not_received(books, rules, scope)
        yield from notifications.received_twice(books, rules)


def _letters(books: OrderBooks, rules: PlanRules, scope: Scope) -> Iterator[Finding]:
    for letter in books.letters:
        if letter.kind == "event":
            yield from orders.refused(books, letter, rules, scope)
        elif letter.at_ms < scope.settled_ms:
            yield _undecided(books, letter)


def _undecided(books: OrderBooks, letter: Letter) -> Finding:
    to = f" to {letter.destination}" if letter.destination else ""
    reports = f"{letter.kind}{to}, {letter.ref}: {letter.reason}"
    cause = "nobody has replayed or discarded it; see waybill dead-letters show"
    repair = Repair(Act.REPLAY, books.name, why=str(letter.at_ms), item=letter.ref)
    evidence = (Evidence("dead letters", reports, letter.at_ms),)
    return Finding(Kind.DEAD_LETTER, books.name, evidence, cause, repair)


def _uncovered(found: list[Finding]) -> Iterator[Finding]:
    covered = {kind for one in found for kind in COVERS.get(one.kind, ())}
    yield from (one for one in found if one.kind not in covered)
