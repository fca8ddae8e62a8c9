"""Stamp of a comparison: answers that were kept are those of the same one alone."""

import json
from collections.abc import Iterator, Sequence
from importlib.metadata import version

from workers.fields.several import Several
from workers.partners.deck.settings import Deck
from workers.partners.westcon.settings import Westcon
from workers.settings.digests import digests
from workers.settings.settings import Settings

#: What distinguishes an account and a site from another one, beside its secrets.
_ACCOUNT = ("base_url", "token_url", "client_id", "resource", "language")
_SITE = ("base_url", "site_code", "api_username")


def of_partners(settings: Settings) -> Iterator[str]:
    """What the partners' answers depend on: who is asked, as whom, and read how."""
    yield version("waybill")
    yield from _of_each(settings.of(Westcon), _ACCOUNT)
    yield from _of_each(settings.of(Deck), _SITE)
    parts = digests(settings, settings.redis_url)
    yield from (f"{name} {parts[name]}" for name in ("statuses", "secrets"))


def _of_each(own: Several, names: Sequence[str]) -> Iterator[str]:
    for place, one in own.by_place().items():
        yield json.dumps([place, *(getattr(one, name) for name in names)])
