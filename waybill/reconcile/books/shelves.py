"""Shelves of the work file: each book goes in here, and comes out order by order."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from serializers.errors import DecodeError
from serializers.order_record import Order, unpack
from serializers.reconcile import erp_book
from serializers.reconcile.erp_book import ErpOrder
from serializers.reconcile.finding import Evidence
from serializers.reconcile.receiver_book import Received
from serializers.timeline.entry import Entry, decode
from tasks.reconcile.books import (
    DECK,
    WESTCON,
    DeckSaw,
    LedgerOrder,
    Letter,
    OrderBooks,
    Sent,
    Watch,
    WestconSaw,
)
from waybill.reconcile.books.work_file import WorkFile
from workers.ledger.reconcile.pages import RawDelivery, RawOrder, entries

#: Names that are gone through at once.
PAGE = 500


@dataclass(frozen=True, slots=True)
class Shelves:
    """The books in a work file.

    Attributes:
        sources: texts of the sources by their marks.
        endpoints: receivers whose books are there.
    """

    file: WorkFile
    sources: Mapping[str, str]
    endpoints: tuple[str, ...] = ()

    def put_erp(self, rows: Iterable[tuple[str, int, ErpOrder]]) -> None:
        """Rows of the ERP's book by name; those of one order are joined."""
        for name, line, given in rows:
            known = self.file.one("SELECT packed FROM erp WHERE name=?", name)
            first = given if known is None else erp_book.unpack(known[0])
            order = given if known is None else erp_book.joined(first, given)
            packed = erp_book.pack(order)
            statement = "INSERT OR REPLACE INTO erp VALUES(?,?,?)"
            self.file.run(statement, name, line, packed)

    def put_orders(self, found: Iterable[RawOrder]) -> None:
        rows = [
            (
                one.name,
                one.record,
                one.version,
                one.state,
                one.next_ms,
                one.looked_ms,
                one.source,
                one.timeline,
            )
            for one in found
        ]
        self.file.many("INSERT OR REPLACE INTO ledger VALUES(?,?,?,?,?,?,?,?)", rows)

    def put_deliveries(self, found: Iterable[RawDelivery]) -> None:
        rows = [
            (one.order, one.id, one.destination, one.kind, one.state, one.at_ms)
            for one in found
        ]
        self.file.many("INSERT OR REPLACE INTO delivery VALUES(?,?,?,?,?,?)", rows)

    def put_letters(self, found: Iterable[tuple[str, Letter]]) -> None:
        """All dead letters, each with the name of its order, in place of what was."""
        self.file.run("DELETE FROM letter")
        rows = (
            (one.ref, name, one.kind, one.reason, one.at_ms, one.destination, one.seen)
            for name, one in found
        )
        self.file.many("INSERT OR REPLACE INTO letter VALUES(?,?,?,?,?,?,?)", rows)

    def put_unread(self, names: Iterable[str]) -> None:
        self.file.run("DELETE FROM unread")
        rows = ((name,) for name in names)
        self.file.many("INSERT OR REPLACE INTO unread VALUES(?)", rows)

    def put_received(self, endpoint: str, found: Iterable[Received]) -> None:
        rows = (
            (endpoint, one.event_id, one.order, one.about, one.at_ms) for one in found
        )
        self.file.many("INSERT INTO received VALUES(?,?,?,?,?)", rows)

    def index_received(self) -> None:
        """Make them be found; once all are in."""
        self.file.run("CREATE INDEX received_id ON received(endpoint, event_id)")
        self.file.run("CREATE INDEX received_number ON received(number)")

    def put_answers(
        self,
        book: str,
        answers: Mapping[str, WestconSaw | DeckSaw],
        version: Mapping[str, int],
    ) -> None:
        """Answers of a partner's by order, each with the order's version."""
        rows = [
            (book, name, version.get(name, 0), one.asked_ms, json.dumps(asdict(one)))
            for name, one in answers.items()
        ]
        self.file.many("INSERT OR REPLACE INTO answer VALUES(?,?,?,?,?)", rows)

    def put_unasked(self, name: str, found: Iterable[Evidence]) -> None:
        rows = ((name, one.book, one.reports, one.at_ms) for one in found)
        self.file.many("INSERT OR REPLACE INTO unasked VALUES(?,?,?,?)", rows)

    def unasked(self, most: int = 0) -> Iterator[tuple[str, Evidence]]:
        """Orders that a partner could not be asked about, all or the first so many."""
        limit = most or -1
        rows = self.file.all("SELECT * FROM unasked ORDER BY name LIMIT ?", limit)
        for name, book, why, at_ms in rows:
            yield name, Evidence(book, why, at_ms)

    def names(self) -> Iterator[list[str]]:
        """The name of every order in any book, by pages; "" is for letters of none."""
        if self.file.one("SELECT 1 FROM letter WHERE name=''"):
            yield [""]
        # Each part comes in its table's order, so that a page costs no sort of all.
        order = (
            "SELECT name FROM erp WHERE name > ?1"
            " UNION SELECT name FROM ledger WHERE name > ?1"
            " UNION SELECT name FROM letter WHERE name > ?1 ORDER BY name"
        )
        for page in self.file.pages(order, most=PAGE):
            yield [name for (name,) in page]

    def known(self, names: Sequence[str]) -> Iterator[tuple[str, LedgerOrder]]:
        """Those of the orders that the ledger has and this release can read."""
        for name in names:
            found = self.ledger_order(name)
            if found is not None:
                yield name, found

    def books(self, name: str) -> OrderBooks:
        """One order in all books."""
        file, known = self.file, self.ledger_order(name)
        erp = file.one("SELECT packed FROM erp WHERE name=?", name)
        order = erp_book.unpack(erp[0]) if erp else None
        number = known.order.number if known else order.number if order else ""
        return OrderBooks(
            name=name,
            erp=order,
            ledger=known,
            westcon=self._westcon(name),
            deck=self._deck(name),
            letters=self._letters(name),
            received=self._received(known) if known and self.endpoints else {},
            receipts=self._receipts(number) if self.endpoints else {},
            unread=file.one("SELECT 1 FROM unread WHERE name=?", name) is not None,
        )

    def ledger_order(self, name: str) -> LedgerOrder | None:
        """An order of the ledger's, None where it has none that can be read."""
        row = self.file.one("SELECT * FROM ledger WHERE name=?", name)
        if row is None:
            return None
        _, record, version, state, next_ms, looked_ms, source, timeline = row
        order = _order(record)
        if order is None:
            return None
        sent = self.file.all(
            "SELECT id, destination, kind, state, at_ms FROM delivery WHERE name=?",
            name,
        )
        return LedgerOrder(
            order,
            version,
            Watch(state, next_ms, looked_ms),
            self.sources.get(source, ""),
            _timeline(timeline, name),
            tuple(Sent(*one) for one in sent),
        )

    def _letters(self, name: str) -> tuple[Letter, ...]:
        rows = self.file.all(
            "SELECT ref, kind, reason, at_ms, destination, seen FROM letter"
            " WHERE name=?",
            name,
        )
        return tuple(Letter(*row) for row in rows)

    def _westcon(self, name: str) -> WestconSaw | None:
        kept = self._answer(WESTCON, name)
        if kept is None:
            return None
        return WestconSaw(**kept | {"moved": tuple(kept["moved"])})

    def _deck(self, name: str) -> DeckSaw | None:
        kept = self._answer(DECK, name)
        if kept is None:
            return None
        return DeckSaw(**kept | {"customers": tuple(kept["customers"])})

    def _answer(self, book: str, name: str) -> Any:
        """What `put_answers` has written of an order, None where nothing is."""
        row = self.file.one(
            "SELECT packed FROM answer WHERE book=? AND name=?", book, name
        )
        return json.loads(row[0]) if row else None

    def _received(self, known: LedgerOrder) -> dict[str, frozenset[str]]:
        found = {}
        wanted = [one.event_id for one in known.sent]
        for endpoint in self.endpoints:
            there = (
                self.file.one(
                    "SELECT event_id FROM received WHERE endpoint=? AND event_id=?",
                    endpoint,
                    id_,
                )
                for id_ in wanted
            )
            found[endpoint] = frozenset(one[0] for one in there if one)
        return found

    def _receipts(self, number: str) -> dict[str, tuple[Received, ...]]:
        rows = self.file.all(
            "SELECT endpoint, event_id, number, about, at_ms FROM received"
            " WHERE number=? AND number<>''",
            number,
        )
        found: dict[str, tuple[Received, ...]] = {}
        for endpoint, *rest in rows:
            found[endpoint] = (*found.get(endpoint, ()), Received(*rest))
        return found


def _order(record: bytes) -> Order | None:
    try:
        return unpack(record)
    except DecodeError:
        return None


def _timeline(packed: bytes, name: str) -> tuple[Entry, ...]:
    return tuple(decode(one, name) for one in entries(packed))
