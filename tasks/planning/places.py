"""Places at which an order's work is done: Westcon's accounts, DECK's sites."""

from typing import Final

#: The account and the site that the settings without a name are.
DEFAULT: Final = "default"

#: The part of an account's name that stands for its requests of parcels. No account
#: can be called so: `westcon/shipments` is that of the account `default`.
PARCELS: Final = "shipments"


def destination_of(partner: str, name: str) -> str:
    """The destination of a partner's account or site; "" names `default`, too."""
    return partner if name in {"", DEFAULT} else f"{partner}/{name}"


def parcels_at(account: str) -> str:
    """The destination at which an account's parcels are asked for.

    Args:
        account: the account's own destination.
    """
    return f"{account}/{PARCELS}"
