"""Rows of a book's file: NDJSON or CSV, one after the other, whatever its columns."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from serializers.errors import DecodeError

#: Characters of one line of a book; no row comes near.
MAX_LINE = 1_000_000

#: What separates cells, the likeliest first.
SEPARATORS = ",;\t|"

_QUOTED = re.compile(r'"[^"]*"')
_SEP = re.compile(r"sep=([,;\t|])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the number of its line, from 1, and its cells by column."""

    line: int
    cells: Mapping[str, Any]


def rows(file: BinaryIO, name: str, alone: str = "") -> Iterator[Row]:
    """Read the rows of a file, one line at a time.

    Args:
        file: NDJSON, one object a line; or CSV with a head, in UTF-8.
        name: the file's, for messages.
        alone: the column of a file whose lines hold one value each, without a head; ""
            where there is no such file.

    Raises:
        DecodeError: a line is no object, no UTF-8 or too long, or a row is not of its
            head's cells; it names the line.
    """
    lines = _lines(file, name)
    first = next(filter(_is_written, lines), None)
    if first is None:
        return
    if first[1].lstrip().startswith("{"):
        yield from _objects(first, filter(_is_written, lines), name)
    else:
        yield from _table(first, lines, name, alone)


def _lines(file: BinaryIO, name: str) -> Iterator[tuple[int, str]]:
    """The lines, each with its number; a blank one may stand within a cell."""
    for number, raw in enumerate(iter(lambda: file.readline(MAX_LINE + 1), b""), 1):
        if len(raw) > MAX_LINE:
            raise DecodeError(f"{name}: line {number}: longer than {MAX_LINE} bytes")
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise DecodeError(f"{name}: line {number}: is not UTF-8") from error
        yield number, line


def _objects(
    first: tuple[int, str], lines: Iterator[tuple[int, str]], name: str
) -> Iterator[Row]:
    for number, line in _with_first(first, lines):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DecodeError(f"{name}: line {number}: is no JSON") from error
        if not isinstance(value, dict):
            raise DecodeError(f"{name}: line {number}: is no object")
        yield Row(number, value)


def _table(
    first: tuple[int, str], lines: Iterator[tuple[int, str]], name: str, alone: str
) -> Iterator[Row]:
    number, line = first
    given = _SEP.fullmatch(line.rstrip("\r\n"))
    if given:
        # A spreadsheet's own first line.
        number, line = next(lines, first)
    while line.count('"') % 2 and (more := next(lines, None)):
        # A name within quotes goes on in the next line.
        line += more[1]
    bare = _QUOTED.sub("", line)
    separator = given[1] if given else max(SEPARATORS, key=bare.count)
    head = next(csv.reader(io.StringIO(line, newline=""), delimiter=separator))
    if alone and len(head) == 1 and alone not in head[0].lower().replace(" ", "_"):
        for at, text in _with_first((number, line), filter(_is_written, lines)):
            yield Row(at, {alone: text.strip()})
        return
    # One row may go over several lines: the reader asks for as many as it needs.
    place = [number]
    reader = csv.reader(_noted(lines, place), delimiter=separator, strict=True)
    _check_head(head, f"{name}: line {number}")
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise DecodeError(f"{name}: line {place[0]}: {error}") from error
        if cells is None:
            return
        if len(cells) <= 1 and not any(map(str.strip, cells)):
            continue
        if len(cells) != len(head):
            what = f"{name}: line {place[0]}: has {len(cells)} cells, its head"
            raise DecodeError(
                f"{what} {len(head)}: is {separator!r} in a text? Quote it"
            )
        yield Row(place[0], dict(zip(head, cells, strict=True)))


def _check_head(head: Sequence[str], where: str) -> None:
    """Raise DecodeError where two columns have one name; both cannot be kept."""
    twice = [one for one, n in Counter(head).items() if one.strip() and n > 1]
    if twice:
        raise DecodeError(f"{where}: has {head.count(twice[0])} columns {twice[0]}")


def _noted(lines: Iterator[tuple[int, str]], place: list[int]) -> Iterator[str]:
    for number, line in lines:
        place[0] = number
        yield line


def _is_written(line: tuple[int, str]) -> bool:
    return bool(line[1].strip())


def _with_first(
    first: tuple[int, str], lines: Iterator[tuple[int, str]]
) -> Iterator[tuple[int, str]]:
    yield first
    yield from lines
