"""Progress display of the story: a live table, or plain lines."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TextIO

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from waybill.demo.expectation import Expectation
from waybill.demo.witness import Journals


@dataclass(frozen=True, slots=True)
class EndpointLook:
    """One receiver: the transitions it was notified of, out of those due to it.

    Attributes:
        refused: notifications that it did not take.
    """

    name: str
    notified: int
    expected: int
    refused: int


@dataclass(frozen=True, slots=True)
class Look:
    """The story at one moment.

    Attributes:
        looks: orders asked about, over all calls.
        linked: orders that have a customer at DECK.
        links: links made, by their format.
    """

    seconds: float
    published: int
    publications: int
    calls: int
    looks: int
    linked: int
    links: dict[str, int]
    links_expected: int
    endpoints: tuple[EndpointLook, ...]
    dead_letters: int


def look(
    seconds: float,
    published: int,
    publications: int,
    expected: Expectation,
    seen: Journals,
    dead_letters: int,
) -> Look:
    """Count what was seen so far."""
    formats = [link.format for link in seen.links]
    return Look(
        seconds=seconds,
        published=published,
        publications=publications,
        calls=len(seen.polls),
        looks=sum(map(len, seen.polls)),
        linked=len({link.order for link in seen.links}),
        links={form: formats.count(form) for form in sorted({*formats, "json", "xml"})},
        links_expected=len(expected.customers),
        endpoints=endpoints(expected, seen),
        dead_letters=dead_letters,
    )


def endpoints(expected: Expectation, seen: Journals) -> tuple[EndpointLook, ...]:
    """Each receiver's part, by name."""
    notified = {
        notified for arrival in seen.accepted() for notified in arrival.notified
    }
    return tuple(
        EndpointLook(
            name=name,
            notified=sum(one.endpoint == name for one in notified & expected.notified),
            expected=sum(one.endpoint == name for one in expected.notified),
            refused=sum(a.endpoint == name and not a.accepted for a in seen.arrivals),
        )
        for name in sorted({one.endpoint for one in expected.notified})
    )


#: Plain lines come no oftener than this.
_LINE_SECONDS = 1.0
_BAR = 20


class Progress(Protocol):
    """The progress that is shown while the story goes on."""

    def show(self, look: Look) -> None:
        """How far it is."""

    def note(self, text: str) -> None:
        """Something happened."""


class Lines:
    """A line whenever something moved, for files and pipes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last: Look | None = None

    def show(self, look: Look) -> None:
        last = self._last
        if last is not None and look.seconds - last.seconds < _LINE_SECONDS:
            return
        if last is None or line(look) != line(last):
            self._write(f"{look.seconds:5.1f} s  {line(look)}")
        self._last = look

    def note(self, text: str) -> None:
        self._write(f"         {text}")

    def _write(self, text: str) -> None:
        print(text, file=self._stream, flush=True)


class LiveTable:
    """One table that is drawn anew in its place; news scroll by above it."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def show(self, look: Look) -> None:
        self._live.update(table(look))

    def note(self, text: str) -> None:
        self._live.console.print(text, markup=False, highlight=False)


@contextmanager
def progress(stream: TextIO, *, plain: bool) -> Iterator[Progress]:
    """A live table when the stream is a terminal and plain lines are not wanted."""
    console = Console(file=stream)
    if plain or not console.is_terminal:
        yield Lines(stream)
        return
    with Live(console=console, refresh_per_second=8) as live:
        yield LiveTable(live)


def line(look: Look) -> str:
    """All of it in one line."""
    notified = sum(one.notified for one in look.endpoints)
    expected = sum(one.expected for one in look.endpoints)
    refused = sum(one.refused for one in look.endpoints)
    return (
        f"events {look.published}/{look.publications}"
        f" · polls {look.calls} for {look.looks} orders"
        f" · links {_formats(look)}"
        f" · transitions notified {notified}/{expected}, refused {refused}"
        f" · dead letters {look.dead_letters}"
    )


def table(look: Look) -> Table:
    """All of it as a table with bars."""
    grid = Table(title=f"Waybill, {look.seconds:.1f} s", title_justify="left")
    for head in ("", "", "done", "remarks"):
        grid.add_column(head)
    _row(grid, "events of the ERP", look.published, look.publications, "")
    grid.add_row("polls of Westcon", "", str(look.calls), f"for {look.looks} orders")
    _row(grid, "linked at DECK", look.linked, look.links_expected, _formats(look))
    for one in look.endpoints:
        remark = f"refused {one.refused}" if one.refused else ""
        _row(grid, f"notified {one.name}", one.notified, one.expected, remark)
    grid.add_row("dead letters", "", str(look.dead_letters), "")
    return grid


def _row(grid: Table, name: str, done: int, whole: int, remark: str) -> None:
    bar = ProgressBar(total=max(whole, 1), completed=min(done, whole), width=_BAR)
    grid.add_row(name, bar, f"{done}/{whole}", remark)


def _formats(look: Look) -> str:
    return ", ".join(f"{n} {form}" for form, n in look.links.items())
