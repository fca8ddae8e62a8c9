"""Redis keys of the layout, see `workers.ledger.keys`."""

from typing import Final

LAYOUT: Final = "wb:layout"


def followed(root: str) -> str:
    """The version of the layout below which the partition admits nothing."""
    return f"{root}layout"
