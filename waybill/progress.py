"""Progress on standard error: a line that changes; few lines where no terminal is."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

import click

_One = TypeVar("_One")

#: Seconds between two lines where nobody looks at a terminal.
QUIET = 30.0

#: Seconds between two on a terminal.
SHORT = 0.2


class Progress:
    """Reports one step after the other."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._shown = 0.0
        self._open = False

    def count(self, what: str, done: int, of: int = 0) -> None:
        """Report how many of something are done, not too often."""
        now = time.monotonic()
        if now - self._shown < (SHORT if self._live else QUIET):
            return
        self._shown = now
        share = f"{done:,} of {of:,}" if of else f"{done:,}"
        self._write(f"{what}: {share}", end=not self._live)

    def end(self) -> None:
        """Take away a line that is still open, before something else is printed."""
        if self._open:
            click.echo("\r\x1b[K", err=True, nl=False)
            self._open = False

    def report(self, text: str) -> None:
        """Report something as a whole line."""
        self._write(text, end=True)

    def _write(self, text: str, *, end: bool) -> None:
        start = "\r\x1b[K" if self._open else ""
        self._open = not end
        click.echo(start + text, err=True, nl=end)


def counted(what: str, each: Iterable[_One], of: int) -> Iterator[_One]:
    """Each as it comes, counted for who looks at a terminal; nowhere else."""
    if not sys.stderr.isatty():
        yield from each
        return
    progress = Progress()
    try:
        for n, one in enumerate(each, 1):
            progress.count(what, n, of)
            yield one
    finally:
        progress.end()
