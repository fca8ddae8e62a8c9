"""Redis keys of the layout, see `workers.ledger.keys`."""

from typing import Final

LAYOUT: Final = "wb:layout"

#: Who moves orders now.
MOVER: Final = "wb:mover"


def followed(root: str) -> str:
    """The version of the layout below which the partition admits nothing."""
    return f"{root}layout"


def copy(root: str) -> str:
    """That layout, as the ledger had it when the partition came to follow it."""
    return f"{root}layout_copy"


def parcel(root: str, order: str) -> str:
    """All of an order that is on its way into another partition."""
    return f"{root}parcel:{order}"


def parcels(root: str) -> str:
    """The orders that have a parcel in the partition."""
    return f"{root}parcels"


def unpacked(root: str, order: str) -> str:
    """The mark of the parcel from which the order was set up in the partition."""
    return f"{root}unpacked:{order}"
