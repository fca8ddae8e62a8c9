"""Books in files: the ERP's orders, and what receivers have."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import click

from serializers.errors import DecodeError
from serializers.order_record import order_name
from serializers.reconcile import erp_book, receiver_book
from serializers.reconcile.columns import Columns
from serializers.reconcile.erp_book import ErpOrder
from serializers.reconcile.receiver_book import Received
from serializers.reconcile.rows import Row, rows

T = TypeVar("T")

#: Rows without a key that are named.
SHOWN = 3


@dataclass(frozen=True, slots=True)
class BookFile:
    """A file that is a book.

    Attributes:
        endpoint: the receiver whose it is, "" for the ERP's.
    """

    path: Path
    endpoint: str = ""

    @property
    def written_ms(self) -> int:
        """UTC ms of its last change."""
        return self.path.stat().st_mtime_ns // 1_000_000

    @property
    def stamp(self) -> str:
        """What is another one where the file is."""
        stat = self.path.stat()
        return (
            f"{self.endpoint}={self.path.resolve()} {stat.st_size} {stat.st_mtime_ns}"
        )


@dataclass(slots=True)
class Warnings:
    """What was noticed of the books' files."""

    texts: list[str] = field(default_factory=list)
    keyless: int = 0

    def unknown(self, name: str, columns: Columns, row: Row) -> None:
        """Warn of the columns of a file's first row that are not read."""
        self.texts += [f"{name}: {one}" for one in columns.unknown(row.cells)]

    def without_key(self, name: str, row: Row, key: str) -> None:
        """Warn of a row that cannot be told from others; the first ones are named."""
        self.keyless += 1
        if self.keyless <= SHOWN:
            self.texts.append(f"{name}: line {row.line}: has no {key}, left out")


def erp_rows(
    book: BookFile, warnings: Warnings, *, source: str, by_source: bool
) -> Iterator[tuple[str, int, ErpOrder]]:
    """Rows of the ERP's book, each with the ledger's name of its order.

    Args:
        book: its file.
        warnings: get what is noticed.
        source: of orders whose row names none.
        by_source: whether the ledger names orders by their source.

    Raises:
        DecodeError: it cannot be read, or has no column with the order's number.
    """
    name = book.path.name
    for row in _read(book, warnings, erp_book.COLUMNS, "order", ""):
        order = _of_row(name, row, erp_book.read_order)
        if order is None:
            warnings.without_key(name, row, "order number")
            continue
        whose = order.source or source
        if by_source and not whose:
            what = f"{name}: line {row.line}: orders are named by their source here:"
            raise DecodeError(f"{what} give a column source, or --source")
        yield order_name(order.number, whose if by_source else ""), row.line, order


def received_rows(book: BookFile, warnings: Warnings) -> Iterator[Received]:
    """Rows of a receiver's book.

    Raises:
        DecodeError: it cannot be read.
    """
    alone = receiver_book.ALONE
    for row in _read(book, warnings, receiver_book.COLUMNS, alone, alone):
        one = _of_row(book.path.name, row, receiver_book.read_received)
        if one is None:
            warnings.without_key(book.path.name, row, "event id")
        else:
            yield one


def _of_row(name: str, row: Row, read: Callable[[Mapping[str, Any]], T]) -> T:
    try:
        return read(row.cells)
    except DecodeError as error:
        raise DecodeError(f"{name}: line {row.line}: {error}") from error


def _read(
    book: BookFile, warnings: Warnings, columns: Columns, key: str, alone: str
) -> Iterator[Row]:
    name, first = book.path.name, True
    with book.path.open("rb") as file:
        for row in rows(file, name, alone):
            if first:
                warnings.unknown(name, columns, row)
                if not any(columns.field(column) == key for column in row.cells):
                    given = ", ".join(list(row.cells)[:12])
                    raise DecodeError(f"{name}: no column {key} among {given}")
            first = False
            yield row
    if first:
        # An export that failed; each order would be missing in it.
        raise DecodeError(f"{name}: has no row; leave the book out if there is none")


def digest(parts: Sequence[str]) -> str:
    """Sixteen hexadecimal digits that stand for a comparison."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


class BookFileType(click.ParamType[BookFile]):
    """A file, or with `named` an endpoint's name, `=`, and a file."""

    name = "file"

    def __init__(self, *, named: bool = False) -> None:
        self._named = named

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> BookFile:
        """The file; raises click.BadParameter where it is not there."""
        if isinstance(value, BookFile):
            return value
        endpoint, mark, path = str(value).partition("=")
        if self._named and not (endpoint and mark and path):
            self.fail(f"must be ENDPOINT=FILE, not {value}", param, ctx)
        found = Path(path if self._named else str(value))
        if not found.is_file():
            self.fail(f"there is no file {found}", param, ctx)
        return BookFile(found, endpoint if self._named else "")
