"""One run: the books are collected, the partners asked, all of it compared."""

import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import click

from tasks.planning.rules import INGRAM_PREFIX, PlanRules
from tasks.reconcile.books import DECK, ERP, LEDGER, RECEIVERS, WESTCON, Scope
from waybill.connect import Opened, now_ms
from waybill.progress import Progress
from waybill.reconcile.books.collect import Collector, heard_ms, sources_by_mark
from waybill.reconcile.books.files import BookFile, Warnings
from waybill.reconcile.books.shelves import Shelves
from waybill.reconcile.books.work_file import WorkFile
from waybill.reconcile.comparison import Comparison, Result
from waybill.reconcile.pace import Pace, StoppedError
from waybill.reconcile.partners import (
    Asking,
    Bill,
    ask_deck,
    ask_westcon,
    bill,
    note_questions,
    note_unknown,
    places,
)
from workers.ledger.gates import Gates
from workers.ledger.reconcile.last_run import note_run
from workers.partners.deck import calls as deck
from workers.partners.deck.settings import Deck
from workers.partners.registry import partner_of
from workers.partners.westcon import calls as westcon
from workers.partners.westcon.settings import Westcon
from workers.wiring.calls import reach_of
from workers.wiring.partners import plan_rules_of

#: Calls that are made without being asked for.
UNASKED = 100


@dataclass(frozen=True, slots=True)
class Options:
    """What is compared, and how; see `waybill reconcile --help`."""

    erp: BookFile | None = None
    receivers: tuple[BookFile, ...] = ()
    westcon: bool = False
    deck: bool = False
    since: int | None = None
    grace: float = 900.0
    source: str = ""
    share: float = 0.5
    threads: int = 4
    yes: bool = False

    @property
    def books(self) -> frozenset[str]:
        given = {
            ERP: self.erp is not None,
            LEDGER: True,
            WESTCON: self.westcon,
            DECK: self.deck,
            RECEIVERS: bool(self.receivers),
        }
        return frozenset(book for book, there in given.items() if there)

    @property
    def stamps(self) -> tuple[str, ...]:
        """What makes it another comparison."""
        files = [one for one in (self.erp, *self.receivers) if one is not None]
        return (*(one.stamp for one in files), str(self.westcon), str(self.deck))


@dataclass(slots=True)
class Run:
    """A comparison from its begin to its end.

    Attributes:
        has_answers: whether partners have been asked, so that it may go on later.
    """

    ledger: Opened
    file: WorkFile
    options: Options
    progress: Progress
    warnings: Warnings = field(default_factory=Warnings)
    has_answers: bool = False
    shelves: Shelves = field(init=False)
    scope: Scope = field(init=False)

    def __post_init__(self) -> None:
        endpoints = tuple(one.endpoint for one in self.options.receivers)
        sources = sources_by_mark(self.ledger)
        self.shelves = Shelves(self.file, sources, endpoints)
        self.scope = self._scope(sources)

    def result(self) -> Result:
        """Run it.

        Raises:
            DecodeError: a book cannot be read.
            StoppedError: a partner does not answer.
            redis.RedisError: Redis does not answer.
        """
        collector = Collector(self.ledger, self.shelves, self.progress, self.warnings)
        options, rules = self.options, self._rules()
        if options.erp is not None:
            collector.erp(options.erp, options.source)
        for book in options.receivers:
            collector.receiver(book)
        self.shelves.index_received()
        collector.all_of_ledger()
        collector.letters()
        self.scope = self._with_books()
        note_questions(self.shelves, rules, self.scope)
        self._ask(rules)
        self.scope = replace(self.scope, now_ms=now_ms(self.ledger.client))
        comparison = Comparison(self.shelves, rules, self.scope, self.progress)
        found = comparison.run(collector)
        client, at_ms = self.ledger.client, self.scope.now_ms
        note_run(client, at_ms, found.kinds, found.unasked)
        return found

    def _scope(self, sources: dict[str, str]) -> Scope:
        settings, options = self.ledger.settings, self.options
        at = now_ms(self.ledger.client)
        known = {*sources.values()}
        source = options.source or (known.pop() if len(known) == 1 else "")
        scope = Scope(
            books=options.books,
            now_ms=at,
            settled_ms=at - int(options.grace * 1000),
            known_ms=at - int(settings.retention * 1000),
            delivered_ms=at - int(settings.delivered_retention * 1000),
            since_ms=options.since or 0,
            erp_ms=options.erp.written_ms if options.erp else 0,
        )
        return replace(scope, source=source) if source else scope

    def _with_books(self) -> Scope:
        """The scope with what it takes from books that are in."""
        first = dict(
            self.file.all(
                "SELECT endpoint, MIN(NULLIF(at_ms, 0)) FROM received GROUP BY 1"
            )
        )
        begins = max(self.scope.delivered_ms, self.scope.since_ms)
        receivers = {
            one.endpoint: (one.written_ms, max(first.get(one.endpoint) or 0, begins))
            for one in self.options.receivers
        }
        heard = {
            name.removeprefix(INGRAM_PREFIX): at
            for name, at in heard_ms(self.shelves)
            if name.startswith(INGRAM_PREFIX)
        }
        return replace(self.scope, receivers_ms=receivers, heard_ms=heard)

    def _rules(self) -> PlanRules:
        rules = plan_rules_of(self.ledger.settings)
        return replace(rules, everyone=self.ledger.parts.rosters.everyone())

    def _ask(self, rules: PlanRules) -> None:
        """Ask each account and site; one that is away ends the run, after the others.

        Raises:
            StoppedError: one is away.
        """
        known = self._places()
        batch = self.ledger.settings.of(Westcon).batch
        bills, paces = list[Bill](), dict[str, Pace]()
        for place in places(self.shelves):
            book = partner_of(place)
            if place not in known:
                note_unknown(self.shelves, book, place, self._now())
                continue
            paces[place] = self._pace(place)
            size, interval = batch if book == WESTCON else 1, paces[place].interval
            bills.append(bill(self.shelves, place, size, interval))
        self._agree(bills)
        stopped = list[StoppedError]()
        with ThreadPoolExecutor(self.options.threads) as pool:
            for one in bills:
                self.has_answers = True
                asking = self._asking(one, pool)
                try:
                    self._ask_one(known[one.place], paces[one.place], rules, asking)
                except StoppedError as error:
                    stopped.append(error)
        if stopped:
            raise stopped[0]

    def _places(self) -> Mapping[str, Westcon | Deck]:
        """The accounts and sites that are to be asked, with their settings.

        Raises:
            click.ClickException: a book is asked for that the settings do not have.
        """
        settings, found = self.ledger.settings, dict[str, Westcon | Deck]()
        for book, own in ((WESTCON, settings.of(Westcon)), (DECK, settings.of(Deck))):
            if book not in self.scope.books:
                continue
            if not own.in_use:
                what = f"--{book}: it is not configured; doctor has the settings"
                raise click.ClickException(what)
            found |= own.by_place()
        return found

    def _asking(self, one: Bill, pool: ThreadPoolExecutor) -> Asking:
        threads, count = self.options.threads, self._counter(one)
        return Asking(one.place, pool, threads, self._now, count)

    def _ask_one(
        self, own: Westcon | Deck, pace: Pace, rules: PlanRules, asking: Asking
    ) -> None:
        settings, client = self.ledger.settings, self.ledger.client
        reach = reach_of(settings, own.SECTION, asking.threads, client)
        if isinstance(own, Westcon):
            asked = westcon.client(own, reach)
            ask_westcon(self.shelves, asked, pace, own.batch, rules, asking)
        else:
            ask_deck(self.shelves, deck.client(own, reach), pace, asking)

    def _agree(self, bills: list[Bill]) -> None:
        """Print what it costs, and have a person agree where that is much."""
        for one in bills:
            self.progress.report(str(one))
        if self.options.yes or sum(one.calls for one in bills) <= UNASKED:
            return
        if not sys.stdin.isatty():
            what = f"these are more than {UNASKED} calls: give --yes to have them made"
            raise click.ClickException(what)
        click.confirm("Make these calls?", abort=True, err=True)

    def _pace(self, place: str) -> Pace:
        parts = self.ledger.parts
        known = parts.destinations[place]
        gates = Gates(parts.scripts, parts.destinations)
        return Pace(gates, known, self.options.share, self.progress.report)

    def _now(self) -> int:
        return now_ms(self.ledger.client)

    def _counter(self, one: Bill) -> Callable[[int], None]:
        done = [0]

        def count(more: int) -> None:
            done[0] += more
            self.progress.count(f"{one.place} has answered", done[0], one.orders)

        return count
