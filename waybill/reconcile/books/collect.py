"""Collection of the books that cost no partner anything: files, ledger, letters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from serializers.events.decode import digest
from serializers.events.entry import named
from serializers.order_record import order_name
from serializers.reconcile.erp_book import ErpOrder
from tasks.reconcile.books import Letter
from waybill.connect import Opened
from waybill.progress import Progress
from waybill.reconcile.books.files import BookFile, Warnings, erp_rows, received_rows
from waybill.reconcile.books.shelves import PAGE, Shelves
from workers.ledger import keys
from workers.ledger.dead_letters import DeadLetter
from workers.ledger.identity.namespace import SOURCE, namespace_of
from workers.ledger.layout.seen import marks_of
from workers.ledger.reconcile import pages
from workers.ledger.reconcile.unread_orders import unread_orders
from workers.redis.answers import text


@dataclass(frozen=True, slots=True)
class Collector:
    """Puts the books into the work file.

    Attributes:
        ledger: opened.
        shelves: where they go.
        progress: hears how far it is.
        warnings: get what is noticed of files.
    """

    ledger: Opened
    shelves: Shelves
    progress: Progress
    warnings: Warnings

    @property
    def by_source(self) -> bool:
        """Whether the ledger names orders by their source."""
        return namespace_of(self.ledger.client) == SOURCE

    def erp(self, book: BookFile, source: str) -> int:
        """The ERP's book; how many rows it has.

        Raises:
            DecodeError: it cannot be read.
        """
        found, by_source = self.warnings, self.by_source
        read = erp_rows(book, found, source=source, by_source=by_source)
        count, page = 0, list[tuple[str, int, ErpOrder]]()
        for row in read:
            page.append(row)
            count += 1
            if len(page) == PAGE:
                self._put_erp(page)
                page = []
                self.progress.count("the ERP's book", count)
        self._put_erp(page)
        return count

    def _put_erp(self, page: Sequence[tuple[str, int, ErpOrder]]) -> None:
        self.shelves.file.run("BEGIN")
        self.shelves.put_erp(page)
        self.shelves.file.run("COMMIT")

    def receiver(self, book: BookFile) -> None:
        """A receiver's book.

        Raises:
            DecodeError: it cannot be read.
        """
        self.shelves.put_received(book.endpoint, received_rows(book, self.warnings))

    def all_of_ledger(self) -> None:
        """Every order and delivery; raises redis.RedisError."""
        client, count = self.ledger.client, 0
        places = self.ledger.parts.places
        for orders, deliveries in pages.names(client):
            if orders:
                self.shelves.put_orders(pages.orders(client, orders, places))
            if deliveries:
                self.shelves.put_deliveries(pages.deliveries(client, deliveries))
            count += len(orders)
            self.progress.count("the ledger", count)

    def again(self, names: Sequence[str]) -> None:
        """These orders with what is known of their deliveries, as they are now."""
        client, file = self.ledger.client, self.shelves.file
        places = self.ledger.parts.places
        for n in range(0, len(names), PAGE):
            some = names[n : n + PAGE]
            file.many("DELETE FROM ledger WHERE name=?", ((one,) for one in some))
            self.shelves.put_orders(pages.orders(client, some, places))
            refs = [
                keys.item(root, keys.delivery_ref(id_))
                for name, root in zip(some, places.roots_of(some), strict=True)
                for (id_,) in file.all("SELECT id FROM delivery WHERE name=?", name)
            ]
            if refs:
                self.shelves.put_deliveries(pages.deliveries(client, refs))

    def letters(self) -> None:
        """All dead letters, and the events that are not admitted yet."""
        letters = self.ledger.parts.dead_letters
        self.shelves.put_letters(map(self._letter, letters.all()))
        stream, by_source = self.ledger.stream, self.by_source
        self.shelves.put_unread(unread_orders(stream, by_source=by_source))

    def _letter(self, one: DeadLetter) -> tuple[str, Letter]:
        if one.kind != "event":
            to = one.destination or ""
            kept = Letter(one.id, one.kind, one.reason, one.at_ms, to)
            return one.order or "", kept
        whole = self.ledger.parts.dead_letters.find(one.id)
        source, id_, number = named(whole.fields if whole else ())
        name = order_name(number, source if self.by_source else "") if number else ""
        seen = bool(source and id_ and name) and self._is_seen(name, source, id_)
        return name, Letter(one.id, one.kind, one.reason, one.at_ms, seen=seen)

    def _is_seen(self, name: str, source: str, id_: str) -> bool:
        marks = marks_of(name, digest(source, id_), self.ledger.layout)
        return any(map(self.ledger.client.exists, marks))


def sources_by_mark(ledger: Opened) -> dict[str, str]:
    """Texts of the sources that the ledger knows; raises redis.RedisError."""
    found = dict[str, str]()
    for partition in range(ledger.settings.partitions):
        known = ledger.client.hgetall(keys.sources(keys.prefix(partition)))
        found |= {text(mark): text(source) for mark, source in known.items()}
    return found


def heard_ms(shelves: Shelves) -> Iterator[tuple[str, int]]:
    """Each destination with the moment of its first delivery that is known."""
    yield from shelves.file.all(
        "SELECT destination, MIN(at_ms) FROM delivery GROUP BY destination"
    )
