"""Orders that a person may mean by any text that names one."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator

import click

from waybill.connect import Opened
from waybill.find.selection import orders_meant
from workers.ledger.views.finding import Match, named, searched

#: Seconds between two lines of progress.
REPORTS = 0.5


def matches(ledger: Opened, given: str, source: str = "") -> list[Match]:
    """What the text names at once: no order is looked at for it.

    Args:
        ledger: that is opened.
        given: an order's number or name, a purchase order, or the id of a delivery, a
            notification or a dead letter.
        source: whose order is meant, or the end of it; "" for anybody's.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    found = named(ledger.client, given, ledger.parts.places)
    for name in orders_meant(ledger.client, given, source, ledger.parts.places):
        if is_known(ledger, name):
            found.insert(0, Match("order", name))
    return unique(found)


def look_through(
    ledger: Opened, given: str, seconds: float | None = None
) -> tuple[list[Match], bool]:
    """What a pass over every order finds, and whether it came to its end.

    Args:
        ledger: that is opened.
        given: a whole word of the order's.
        seconds: after which it is given up, None for never.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    whole = True
    begun, reports = time.monotonic(), _progress()

    def looked(count: int) -> bool:
        nonlocal whole
        reports(count)
        whole = seconds is None or time.monotonic() - begun < seconds
        return whole

    found = unique(searched(ledger.client, given, ledger.parts.places, looked))
    return found, whole


def is_known(ledger: Opened, name: str) -> bool:
    """Whether there is a record of the order."""
    return ledger.parts.places.known([name])[0]


def unique(found: Iterable[Match]) -> list[Match]:
    """Each once, in the order in which it came."""
    return list(dict.fromkeys(found))


def orders_of(found: Iterable[Match]) -> Iterator[str]:
    """The orders that are among them, each once."""
    yield from dict.fromkeys(one.order for one in found if one.order)


def _progress() -> Callable[[int], None]:
    """Says on a terminal's standard error how far a pass has come."""
    reported = time.monotonic()

    def report(count: int) -> None:
        nonlocal reported
        if sys.stderr.isatty() and time.monotonic() - reported > REPORTS:
            reported = time.monotonic()
            click.echo(f"\r{count} orders looked at", err=True, nl=False)

    return report
