"""Cursor: a reader's place in the results of all partitions, as one opaque text."""

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from serializers.errors import DecodeError

#: The text before every result.
BEGINNING = "0"

#: The entry before every entry.
FIRST = "0-0"

#: The most that either half of an entry's id may be; behind both there is nothing.
MOST = 2**64 - 1

#: Hexadecimal digits that stand for the ledger a cursor is of.
DIGITS = 8

_ENTRY = re.compile(r"[0-9]{1,20}-[0-9]{1,20}")


def written(places: Sequence[str], ledger: str = "") -> str:
    """Write the last entry that was read of each partition.

    Args:
        places: these entries.
        ledger: what distinguishes it from others: the deployment's name.
    """
    text = f"{_mark(ledger)}:{','.join(places)}"
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(text: str, partitions: int, ledger: str = "") -> tuple[str, ...]:
    """Read a cursor; one of an earlier release does not state its ledger.

    One of fewer partitions is from before the others were added: all that they hold
    has come since.

    Raises:
        DecodeError: it is none, of another ledger, or of one with more partitions.
    """
    if text == BEGINNING:
        return (FIRST,) * partitions
    try:
        padded = text + "=" * (-len(text) % 4)
        inner = urlsafe_b64decode(padded.encode("ascii")).decode("ascii")
    except ValueError:
        raise DecodeError("not a cursor of this door; begin with 0") from None
    mark, colon, rest = inner.rpartition(":")
    places = rest.split(",")
    if not all(map(_is_entry, places)):
        raise DecodeError("not a cursor of this door; begin with 0")
    if (colon and mark != _mark(ledger)) or len(places) > partitions:
        raise DecodeError("not a cursor of this ledger; begin with 0")
    return (*places, *(FIRST,) * (partitions - len(places)))


def _mark(ledger: str) -> str:
    return hashlib.sha256(ledger.encode()).hexdigest()[:DIGITS]


def _is_entry(text: str) -> bool:
    """Whether Redis takes it for an entry's id that another one may follow."""
    if not _ENTRY.fullmatch(text):
        return False
    halves = [int(half) for half in text.split("-")]
    return max(halves) <= MOST and min(halves) < MOST
