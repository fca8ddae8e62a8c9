"""Progress on standard error: a line that changes; few lines where no terminal is."""

import sys
import time

import click

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

    def report(self, text: str) -> None:
        """Report something as a whole line."""
        self._write(text, end=True)

    def _write(self, text: str, *, end: bool) -> None:
        start = "\r\x1b[K" if self._open else ""
        self._open = not end
        click.echo(start + text, err=True, nl=end)
