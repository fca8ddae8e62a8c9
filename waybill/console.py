"""Terminal output that commands share: tables, JSON, times, examples, texts."""

import io
import json
import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import Literal

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from serializers.formats.instants import rfc3339
from waybill.plain import plain

__all__ = ["example", "plain", "print_json", "print_table"]

Side = Literal["left", "right"]

#: The least width of a column of prose.
LEAST_PROSE = 24

#: Wide enough for every row when no terminal sets a limit: a pipe wants whole lines.
UNBOUNDED = 100_000


def example(*lines: str) -> str:
    """An epilog with a command's examples, which click must not reflow."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


def print_json(value: object) -> None:
    """One JSON document on stdout; ASCII, so that any terminal takes it."""
    # DEL is ASCII too, and the only control character that JSON lets through.
    click.echo(json.dumps(value, indent=2).replace("\x7f", "\\u007f"))


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    right: Sequence[str] = (),
    wrapped: Sequence[str] = (),
) -> None:
    """Print a table, see `table`."""
    click.echo(table(columns, rows, right, wrapped))


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    right: Sequence[str] = (),
    wrapped: Sequence[str] = (),
) -> str:
    """A table, as wide as the terminal, or wider where whole cells need it.

    Args:
        columns: their names.
        rows: a cell for each column.
        right: columns that hold numbers.
        wrapped: columns of prose; all others stay whole, so that they can be copied.
    """
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in columns:
        side: Side = "right" if name in right else "left"
        prose = name in wrapped
        least = LEAST_PROSE if prose else None
        made.add_column(name, justify=side, no_wrap=not prose, min_width=least)
    for row in rows:
        made.add_row(*(Text(plain(cell)) for cell in row))
    drawn = io.StringIO()
    console = Console(file=drawn, width=UNBOUNDED, highlight=False, markup=False)
    needed = console.measure(made).minimum
    console.print(made, width=max(needed, width()))
    return drawn.getvalue().rstrip("\n")


def width() -> int:
    """Columns of the terminal; a pipe wants whole lines."""
    return Console(file=sys.stdout).width if sys.stdout.isatty() else UNBOUNDED


def paragraph(text: str, indent: int = 0) -> str:
    """A line, broken between words where it is wider than the terminal.

    Args:
        text: without line breaks.
        indent: columns by which what follows the first line is indented.
    """
    columns = width()
    if len(text) <= columns:
        return text
    return "\n".join(
        textwrap.wrap(
            text,
            max(columns, indent + LEAST_PROSE),
            subsequent_indent=" " * indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def moment(ms: int) -> str:
    """An instant for a person: 2026-03-01 12:00:05Z, which is RFC 3339 too."""
    day, _, time = rfc3339(ms).partition("T")
    return f"{day} {time[:8]}Z"


def iso(ms: int) -> str:
    """An instant for a program: 2026-03-01T12:00:05.250Z."""
    return rfc3339(ms)


def amount(count: int, one: str) -> str:
    """How many, with a regular noun in the form that goes with it: 1 delivery."""
    if count == 1:
        return f"1 {one}"
    if one.endswith("y"):
        return f"{count:,} {one[:-1]}ies"
    return f"{count:,} {one}{'es' if one.endswith('ch') else 's'}"


def span(seconds: float) -> str:
    """How long, in the two largest units: 2 d 3 h, 5 min, 12 s."""
    left = round(seconds)
    for position, (size, name) in enumerate(_UNITS):
        if left >= size:
            count, rest = divmod(left, size)
            smaller = _UNITS[position + 1 : position + 2]
            more = [f"{rest // s} {n}" for s, n in smaller if rest >= s]
            return " ".join([f"{count} {name}", *more])
    return f"{left} s"


class Utf8(click.ParamType[str]):
    """A text; bytes that are not UTF-8 come from the shell as lone surrogates."""

    name = "text"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The text as it is; raises click.BadParameter."""
        try:
            value.encode()
        except UnicodeEncodeError:
            self.fail("is not UTF-8", param, ctx)
        return value


class Named(Utf8):
    """What names something: a variable that is not set in a script names nothing."""

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The text as it is; raises click.BadParameter."""
        if not value.strip():
            self.fail("is empty, and names nothing", param, ctx)
        return super().convert(value, param, ctx)


TEXT = Utf8()
NAMED = Named()
