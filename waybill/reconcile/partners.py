"""Partners' books: what Westcon and DECK answer now, asked with the workers' means."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from typing import Protocol

from serializers.westcon.reply import StatusLine
from serializers.westcon.shipment_detail import ShipmentDetail
from tasks.outcomes.errors import PartnerError
from tasks.planning.rules import PlanRules
from tasks.polling.attribution import apart
from tasks.polling.query import Answer, ask
from tasks.reconcile.books import DECK, WESTCON, DeckSaw, LedgerOrder, Scope, WestconSaw
from tasks.reconcile.links import is_linked
from tasks.reconcile.watches import saw
from tasks.services import Westcon
from waybill.reconcile.books.shelves import PAGE, Shelves
from waybill.reconcile.pace import Pace, StoppedError


class Deck(Protocol):
    """DECK's order history."""

    def customers(self, order_number: str) -> tuple[str, ...]:
        """Whose DECK has an order; raises PartnerError."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What a partner's book costs: calls, orders, seconds that the rate makes of it."""

    book: str
    calls: int
    orders: int
    seconds: float

    def __str__(self) -> str:
        """In words, for a person."""
        calls = "1 call" if self.calls == 1 else f"{self.calls} calls"
        what = f"{self.book}: {calls}, about {self.orders} orders"
        if not self.seconds:
            return f"{what}, as fast as it answers (no rate is set)"
        return f"{what}, at least {ceil(self.seconds / 60)} min by its rate"


def note_questions(shelves: Shelves, rules: PlanRules, scope: Scope) -> None:
    """Note of which orders the partners are to be asked, beside what is answered."""
    names = "SELECT name FROM ledger WHERE name > ? ORDER BY name"
    for page in shelves.file.pages(names, most=PAGE):
        rows = []
        for name, known in shelves.known([name for (name,) in page]):
            rows += [
                (*one, name, known.version) for one in _questions(known, rules, scope)
            ]
        shelves.file.many(
            "INSERT OR REPLACE INTO question(book, kind, number, name)"
            " SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS"
            " (SELECT 1 FROM answer WHERE book=?1 AND name=?4 AND version=?5)",
            rows,
        )


def _questions(
    known: LedgerOrder, rules: PlanRules, scope: Scope
) -> Iterator[tuple[str, str, str]]:
    """Book, kind and number of each question about an order.

    Only the account and the site `default` are asked; another would not know the order,
    or know another one by its number.
    """
    order = known.order
    begun = order.placed_ms or order.seen_ms
    if known.last_ms >= scope.settled_ms or (begun and begun < scope.since_ms):
        return
    reference = order.westcon_reference
    asks = WESTCON in scope.books and rules.westcon and not order.account
    if asks and reference and not order.cancelled:
        yield (WESTCON, *reference)
    if DECK in scope.books and not order.site and is_linked(known, rules):
        yield (DECK, "", order.deck_number or order.number)


def bill(shelves: Shelves, book: str, batch: int, interval: float) -> Bill:
    """What the questions to a partner cost."""
    rows = shelves.file.all(
        "SELECT kind, COUNT(DISTINCT number), COUNT(*) FROM question WHERE book=?"
        " GROUP BY kind",
        book,
    )
    calls = sum(ceil(numbers / batch) for _, numbers, _ in rows)
    return Bill(book, calls, sum(orders for _, _, orders in rows), calls * interval)


@dataclass(frozen=True, slots=True)
class Asking:
    """How partners are asked.

    Attributes:
        pool: the threads that call.
        threads: how many these are.
        now_ms: UTC ms by Redis' clock.
        done: called with the number of orders that have been answered.
    """

    pool: ThreadPoolExecutor
    threads: int
    now_ms: Callable[[], int]
    done: Callable[[int], None]


def ask_westcon(
    shelves: Shelves,
    westcon: Westcon,
    pace: Pace,
    batch: int,
    rules: PlanRules,
    asking: Asking,
) -> None:
    """Ask Westcon about every order that a question is noted for.

    Raises:
        StoppedError: it does not answer.
    """
    paced = _Paced(westcon, pace)

    def answered(work: tuple[str, list[str]]) -> tuple[int, Mapping[str, Answer]]:
        kind, numbers = work
        asked_ms = asking.now_ms()
        return asked_ms, ask(paced, kind, numbers, lambda: False)

    pool = asking.pool
    for kind in ("W", "C"):
        for page in _pages(shelves, WESTCON, kind, batch * asking.threads * 4):
            by_number: dict[str, list[str]] = {}
            for name, number in page:
                by_number.setdefault(number, []).append(name)
            calls = [
                (kind, group[n : n + batch])
                for group in apart(list(by_number))
                for n in range(0, len(group), batch)
            ]
            for asked_ms, answers in pool.map(answered, calls):
                _keep(shelves, by_number, answers, rules, asked_ms)
            asking.done(len(page))
    pace.look_whether_answered()


def _keep(
    shelves: Shelves,
    by_number: Mapping[str, Sequence[str]],
    answers: Mapping[str, Answer],
    rules: PlanRules,
    asked_ms: int,
) -> None:
    seen, versions = dict[str, WestconSaw | DeckSaw](), dict[str, int]()
    for number, answer in answers.items():
        for name, known in shelves.known(by_number.get(number, ())):
            versions[name] = known.version
            seen[name] = (
                saw(known, answer, rules, asked_ms)
                if isinstance(answer, tuple)
                else WestconSaw(asked_ms, known.version, problem=_problem(answer))
            )
    shelves.put_answers(WESTCON, seen, versions)


def _problem(answer: object) -> str:
    if isinstance(answer, Exception):
        return str(answer)
    return "Westcon answered about other orders"


class _Paced:
    """Westcon, asked at its pace."""

    def __init__(self, westcon: Westcon, pace: Pace) -> None:
        self._westcon = westcon
        self._pace = pace

    def order_status(
        self, order_type: str, orders: tuple[str, ...]
    ) -> tuple[StatusLine, ...]:
        return self._pace.call(lambda: self._westcon.order_status(order_type, orders))

    def shipment_detail(self, order_type: str, order: str) -> ShipmentDetail:
        return self._westcon.shipment_detail(order_type, order)


def ask_deck(shelves: Shelves, deck: Deck, pace: Pace, asking: Asking) -> None:
    """Ask DECK about every order that a question is noted for.

    Raises:
        StoppedError: it does not answer.
    """

    def answered(work: tuple[str, str]) -> tuple[str, DeckSaw]:
        name, number = work
        asked_ms = asking.now_ms()
        try:
            customers = pace.call(lambda: deck.customers(number))
        except PartnerError as error:
            return name, DeckSaw(asked_ms, problem=str(error))
        return name, DeckSaw(asked_ms, customers)

    for page in _pages(shelves, DECK, "", 64 * asking.threads):
        known = dict(shelves.known([name for name, _ in page]))
        versions = {name: one.version for name, one in known.items()}
        seen = dict[str, WestconSaw | DeckSaw]()
        try:
            seen.update(asking.pool.map(answered, page))
            pace.look_whether_answered()
        except StoppedError:
            # What was refused is asked again when the run goes on.
            seen = {name: one for name, one in seen.items() if not one.problem}
            raise
        finally:
            # Also those that came before DECK did not answer any more.
            shelves.put_answers(DECK, seen, versions)
        asking.done(len(page))


def _pages(
    shelves: Shelves, book: str, kind: str, most: int
) -> Iterator[list[tuple[str, str]]]:
    statement = "SELECT name, number FROM question WHERE book=? AND kind=? AND name > ?"
    yield from shelves.file.pages(f"{statement} ORDER BY name", book, kind, most=most)
