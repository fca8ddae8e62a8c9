"""Cursor: a reader's place in the results of all partitions, as one opaque text."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from serializers.errors import DecodeError

#: The text before every result.
BEGINNING = "0"

#: The entry before every entry.
FIRST = "0-0"

_ENTRY = re.compile(r"[0-9]{1,20}-[0-9]{1,20}")


def written(places: Sequence[str]) -> str:
    """Write the last entry that was read of each partition."""
    return urlsafe_b64encode(",".join(places).encode()).decode().rstrip("=")


def read(text: str, partitions: int) -> tuple[str, ...]:
    """Read a cursor.

    Raises:
        DecodeError: it is none, or of a ledger with another number of partitions.
    """
    if text == BEGINNING:
        return (FIRST,) * partitions
    try:
        padded = text + "=" * (-len(text) % 4)
        places = urlsafe_b64decode(padded.encode("ascii")).decode("ascii").split(",")
    except ValueError:
        raise DecodeError("not a cursor of this door; begin with 0") from None
    if len(places) != partitions or not all(map(_ENTRY.fullmatch, places)):
        raise DecodeError("not a cursor of this ledger; begin with 0")
    return tuple(places)
