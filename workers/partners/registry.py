"""Registry of the partners: one line each."""

from typing import Any

from workers.partners.deck.spec import DECK
from workers.partners.ingram.spec import INGRAM
from workers.partners.spec import PartnerSpec
from workers.partners.westcon.spec import WESTCON

#: In the order of the tables of settings and of `waybill doctor`.
PARTNERS: tuple[PartnerSpec[Any], ...] = (
    WESTCON,
    DECK,
    INGRAM,
)


def partner_of(destination: str) -> str:
    """The name of the partner to which a destination belongs."""
    return destination.partition("/")[0]


def spec_of(destination: str) -> PartnerSpec[Any]:
    """The partner to which a destination belongs.

    Raises:
        KeyError: no partner of this release has it.
    """
    name = partner_of(destination)
    for spec in PARTNERS:
        if spec.name == name:
            return spec
    raise KeyError(destination)
