"""Partners' books: what Westcon and DECK answer now, asked with the workers' means."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Protocol, TypeVar

from serializers.westcon.reply import StatusLine
from serializers.westcon.shipment_detail import ShipmentDetail
from tasks.outcomes.errors import PartnerError
from tasks.planning.rules import PlanRules, destination_of
from tasks.polling.attribution import apart
from tasks.polling.query import GONE, Answer, ask
from tasks.reconcile.books import DECK, WESTCON, DeckSaw, LedgerOrder, Scope, WestconSaw
from tasks.reconcile.links import is_linked
from tasks.reconcile.watches import saw
from tasks.services import Westcon
from waybill.reconcile.books.shelves import PAGE, Shelves
from waybill.reconcile.pace import ATTEMPTS, ATTEMPTS_TOGETHER, Pace, stumbles

W = TypeVar("W")
R = TypeVar("R")


class Deck(Protocol):
    """DECK's order history."""

    def customers(self, order_number: str) -> tuple[str, ...]:
        """Whose DECK has an order; raises PartnerError."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What it costs to ask an account or a site; seconds are what its rate makes."""

    place: str
    calls: int
    orders: int
    seconds: float

    def __str__(self) -> str:
        """In words, for a person."""
        calls = "1 call" if self.calls == 1 else f"{self.calls} calls"
        what = f"{self.place}: {calls}, about {self.orders} orders"
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
            "INSERT OR REPLACE INTO question(place, kind, number, name)"
            " SELECT ?2, ?3, ?4, ?5 WHERE NOT EXISTS"
            " (SELECT 1 FROM answer WHERE book=?1 AND name=?5 AND version=?6)",
            rows,
        )


def _questions(
    known: LedgerOrder, rules: PlanRules, scope: Scope
) -> Iterator[tuple[str, str, str, str]]:
    """Book, account or site, kind and number of each question about an order."""
    order = known.order
    begun = order.placed_ms or order.seen_ms
    if known.last_ms >= scope.settled_ms or (begun and begun < scope.since_ms):
        return
    reference = order.westcon_reference
    asks = WESTCON in scope.books and rules.westcon
    if asks and reference and not order.cancelled:
        yield (WESTCON, destination_of(WESTCON, order.account), *reference)
    if DECK in scope.books and is_linked(known, rules):
        place = destination_of(DECK, order.site)
        yield (DECK, place, "", order.deck_number or order.number)


def places(shelves: Shelves) -> list[str]:
    """The accounts and sites that questions are noted for, by their destinations."""
    rows = shelves.file.all("SELECT DISTINCT place FROM question ORDER BY place")
    return [place for (place,) in rows]


def note_unknown(shelves: Shelves, book: str, place: str, now_ms: int) -> None:
    """Note of an account or a site without settings that it could not be asked."""
    why = f"{place} is not in these settings"
    rows = shelves.file.all("SELECT name FROM question WHERE place=?", place)
    for name, known in shelves.known([name for (name,) in rows]):
        saw: WestconSaw | DeckSaw = (
            WestconSaw(now_ms, known.version, problem=why, failed=True)
            if book == WESTCON
            else DeckSaw(now_ms, problem=why, failed=True)
        )
        shelves.put_answers(book, {name: saw}, {name: known.version})


def bill(shelves: Shelves, place: str, batch: int, interval: float) -> Bill:
    """What the questions to an account or a site cost."""
    rows = shelves.file.all(
        "SELECT kind, COUNT(DISTINCT number), COUNT(*) FROM question WHERE place=?"
        " GROUP BY kind",
        place,
    )
    calls = sum(ceil(numbers / batch) for _, numbers, _ in rows)
    return Bill(place, calls, sum(orders for _, _, orders in rows), calls * interval)


@dataclass(frozen=True, slots=True)
class Asking:
    """How an account or a site is asked.

    Attributes:
        place: its destination.
        pool: the threads that call.
        threads: how many these are.
        now_ms: UTC ms by Redis' clock.
        done: called with the number of orders that have been answered.
    """

    place: str
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
        return asked_ms, _asked(paced, kind, numbers)

    pool = asking.pool
    for kind in ("W", "C"):
        for page in _pages(shelves, asking.place, kind, batch * asking.threads * 4):
            by_number: dict[str, list[str]] = {}
            for name, number in page:
                by_number.setdefault(number, []).append(name)
            calls = [
                (kind, group[n : n + batch])
                for group in apart(list(by_number))
                for n in range(0, len(group), batch)
            ]
            for asked_ms, answers in _as_they_come(pool, answered, calls):
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
                else _without(answer, asked_ms, known.version)
            )
    shelves.put_answers(WESTCON, seen, versions)


def _asked(paced: Westcon, kind: str, numbers: Sequence[str]) -> dict[str, Answer]:
    """The answers of one call, and alone those of orders over which it stumbled."""
    answers = ask(paced, kind, numbers, _never)
    if len(numbers) > 1:
        for number, answer in list(answers.items()):
            if stumbles(answer):
                answers |= ask(paced, kind, [number], _never)
    return answers


def _never() -> bool:
    return False


def _without(answer: object, asked_ms: int, version: int) -> WestconSaw:
    """What an answer without the order's lines comes to."""
    if not isinstance(answer, PartnerError):
        what = "Westcon answered about other orders"
        return WestconSaw(asked_ms, version, problem=what)
    # One that it does not know has been asked.
    failed = answer.code != GONE
    return WestconSaw(asked_ms, version, problem=str(answer), failed=failed)


class _Paced:
    """Westcon, asked at its pace."""

    def __init__(self, westcon: Westcon, pace: Pace) -> None:
        self._westcon = westcon
        self._pace = pace

    def order_status(
        self, order_type: str, orders: tuple[str, ...]
    ) -> tuple[StatusLine, ...]:
        attempts = ATTEMPTS if len(orders) == 1 else ATTEMPTS_TOGETHER
        asked = partial(self._westcon.order_status, order_type, orders)
        return self._pace.call(asked, attempts)

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
            return name, DeckSaw(asked_ms, problem=str(error), failed=True)
        return name, DeckSaw(asked_ms, customers)

    for page in _pages(shelves, asking.place, "", 64 * asking.threads):
        known = dict(shelves.known([name for name, _ in page]))
        versions = {name: one.version for name, one in known.items()}
        for name, saw_ in _as_they_come(asking.pool, answered, page):
            shelves.put_answers(DECK, {name: saw_}, versions)
        pace.look_whether_answered()
        asking.done(len(page))


def _as_they_come(
    pool: ThreadPoolExecutor, answered: Callable[[W], R], works: Sequence[W]
) -> Iterator[R]:
    """Each answer when it is there, so that it is kept whatever comes; all of a page.

    Raises:
        StoppedError: the partner does not answer; the rest is not asked.
    """
    futures = [pool.submit(answered, one) for one in works]
    try:
        for future in as_completed(futures):
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


def _pages(
    shelves: Shelves, place: str, kind: str, most: int
) -> Iterator[list[tuple[str, str]]]:
    asked = "SELECT name, number FROM question WHERE place=? AND kind=? AND name > ?"
    yield from shelves.file.pages(f"{asked} ORDER BY name", place, kind, most=most)
