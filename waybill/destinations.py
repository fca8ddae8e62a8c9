"""Destinations as a person names them: which there are, and which may be meant."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Final

import click

from tasks.planning.choice import ACCOUNT, SITE
from tasks.planning.rules import DECK, INGRAM_PREFIX, WESTCON, destination_of
from waybill.connect import Opened
from waybill.console import plain
from workers.ledger.endpoints.known import known_to
from workers.ledger.identity.heartbeats import Alive
from workers.ledger.identity.names_in_use import names

#: How alike a destination must be to be suggested, and how many are named.
NEAR: Final = 0.5
MOST_NAMED: Final = 8

#: How alike the name of a partner must be, of which all are named then.
NEAR_PARTNER: Final = 0.8


def check_destination(
    ledger: Opened, wanted: str, hint: str, more: Iterable[str] = ()
) -> None:
    """Refuse a name that is no destination's.

    Args:
        ledger: that is opened.
        wanted: as it was typed.
        hint: what of the command it is.
        more: names that count besides those of the ledger and of the settings.

    Raises:
        click.BadParameter: with the name that may be meant.
        redis.RedisError: Redis does not answer.
    """
    if what := refusal(ledger, wanted, more):
        raise click.BadParameter(what, param_hint=hint)


def refusal(ledger: Opened, wanted: str, more: Iterable[str] = ()) -> str:
    """That a name is no destination's, with the one that may be meant; "" for one.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    known = set(ledger.destinations())
    # What is asked of Redis for it is asked where it matters.
    if wanted in known or wanted in (known := known.union(more)):
        return ""
    return f"there is no destination {plain(wanted)!r}; {meant(wanted, known)}"


def given_up(ledger: Opened) -> Iterator[str]:
    """Where dead letters would have gone, whatever has become of that destination."""
    for one in ledger.parts.dead_letters.groups():
        if one.destination:
            yield one.destination


def served(ledger: Opened, workers: Iterable[Alive]) -> Iterator[str]:
    """Accounts, sites and endpoints of living workers, for who has not their settings.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    workers = tuple(workers)
    for kind, partner in ((ACCOUNT, WESTCON), (SITE, DECK)):
        known = names(workers, kind) or ()
        yield from (destination_of(partner, one) for one in sorted(known))
    endpoints = known_to(ledger.client, workers)
    yield from (INGRAM_PREFIX + one for one in sorted(endpoints))


def meant(wanted: str, known: Iterable[str]) -> str:
    """Which names may be meant, as a sentence's end."""
    names = sorted(known)
    # An endpoint's own name stands behind the slash.
    spellings = {name.rpartition("/")[2].casefold(): name for name in names}
    spellings |= {name.casefold(): name for name in names}
    typed = wanted.casefold()
    if typed not in spellings and len(some := _of_partner(typed, names)) > 1:
        return _named(some)
    near = get_close_matches(typed, spellings, n=1, cutoff=NEAR)
    if near:
        return f"did you mean {plain(spellings[near[0]])}?"
    return _named(names)


def _of_partner(typed: str, names: Iterable[str]) -> list[str]:
    """All of the partner that is named alone, none where no partner is: any may be."""
    partners = {name.partition("/")[0] for name in names}
    near = get_close_matches(typed, sorted(partners), n=1, cutoff=NEAR_PARTNER)
    return [name for name in names if name.partition("/")[0] in near]


def _named(names: list[str]) -> str:
    shown = ", ".join(map(plain, names[:MOST_NAMED]))
    more = len(names) - MOST_NAMED
    return f"there are: {shown or 'none'}" + (f" and {more} more" * (more > 0))
