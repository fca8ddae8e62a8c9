"""Live view of `waybill status`: drawn anew, or a block for each change."""

import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import click

#: Home, and nothing below: what is drawn anew does not flicker.
REDRAW = "\x1b[H\x1b[2J\x1b[3J"

#: What passes without anything having changed: times, and how long something lasts.
_PASSING = re.compile(
    r"\d{4}-\d\d-\d\d[T ][\d:.]+Z|\b\d+ (?:d|h|min|s)\b(?: \d+ (?:h|min|s)\b)?"
    r"|_seconds\": [\d.]+"
)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the ledger.

    Attributes:
        text: what is shown of it, without the last line's end.
        well: whether nothing is wrong.
    """

    text: str
    well: bool


def watch(
    look: Callable[[], Look],
    seconds: float,
    *,
    redraws: bool | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> bool:
    """Look until somebody ends it with Ctrl-C; whether the last look was well.

    Args:
        look: at the ledger.
        seconds: between two looks.
        redraws: whether each look takes the place of the one before; None where it is
            a terminal. Else one is printed when something else than its times is
            another than before.
        pause: waits; it may raise KeyboardInterrupt.
    """
    drawn = sys.stdout.isatty() if redraws is None else redraws
    before, well = "", True
    try:
        while True:
            seen = look()
            well, now = seen.well, steady(seen.text)
            if drawn:
                click.echo(f"{REDRAW}{seen.text}", color=True)
            elif now != before:
                click.echo(seen.text)
                sys.stdout.flush()
            before = now
            pause(seconds)
    except KeyboardInterrupt:
        return well


def steady(text: str) -> str:
    """The text without what only passes."""
    return _PASSING.sub("", text)
