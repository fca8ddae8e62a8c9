"""Fields of one entry of the ERP's stream, as they were written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from serializers.errors import DecodeError

#: Names and values in the order in which they were written; a name may come twice.
Fields: TypeAlias = tuple[tuple[bytes, bytes], ...]

#: The field that holds a whole event as JSON.
EVENT = b"event"

#: The field in which a replay notes the entry that first held its event: by that the
#: event is dated where it gives no time, but never later than by its own entry.
FIRST_ENTRY = b"waybill-first-entry"

#: The field in which replays are counted.
REPLAYS = b"waybill-replays"

#: The field that names the dead letter which an event corrects.
REVISION_OF = b"waybill-revision-of"

#: So many names are given of an entry, each of so many characters.
NAMED, NAME_LENGTH = 12, 40

_PLAIN = re.compile(rb"[\w.:-]+")
_ENTRY_ID = re.compile(rb"[0-9]{1,20}-[0-9]{1,20}(?:\.[0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class Oversized:
    """Stands for the fields of an entry that is too large to be read: its bytes."""

    size: int


@dataclass(frozen=True, slots=True)
class Apart:
    """Stands for an entry that is begun while its process works on no other.

    Attributes:
        starts: how often it was started.
    """

    starts: int


#: What is known of an entry: its fields, or its size; None where it is gone.
Content: TypeAlias = Fields | Oversized | None


def of_event(body: bytes) -> Fields:
    """Give the fields of an entry that holds this event and nothing else."""
    return ((EVENT, body),)


def bodies(fields: Fields) -> list[bytes]:
    """Give what stands in the field `event`, which should be one."""
    return [body for name, body in fields if name == EVENT]


def payload(fields: Fields) -> bytes:
    """Give the bytes of the only field `event`, none where that is not so."""
    found = bodies(fields)
    return found[0] if len(found) == 1 else b""


def replayed(fields: Fields, entry: str) -> Fields:
    """Give the fields of the entry that brings an event again, as `replay.lua` does.

    Args:
        fields: of the entry that is replayed.
        entry: its id; noted unless one before it is.
    """
    noted = [value for name, value in fields if name == REPLAYS and value.isdigit()]
    kept = dated(tuple(field for field in fields if field[0] != REPLAYS), entry)
    return (*kept, (REPLAYS, b"%d" % (max(map(int, noted), default=0) + 1)))


def dated(fields: Fields, entry: str) -> Fields:
    """Give the fields with the entry that they are dated by, unless one is noted."""
    if any(name == FIRST_ENTRY for name, _ in fields):
        return fields
    return (*fields, (FIRST_ENTRY, entry.encode()))


def first_entry(fields: Fields, entry: str) -> str:
    """Give the id of the entry that first held the event: this one's, unless noted.

    What is no id, or not older, is not a note of ours and does not count.
    """
    noted = [value for name, value in fields if name == FIRST_ENTRY]
    earlier = [one.decode() for one in noted if _ENTRY_ID.fullmatch(one)]
    return min((entry, *earlier), key=position)


def bare(entry: str) -> str:
    """Give the id that an entry has in its stream, `1795229560282-0`.

    Where the ledger has several streams an entry is called `<id>.<partition>`.
    """
    return entry.partition(".")[0]


def partition(entry: str) -> int | None:
    """Give the partition whose stream an entry is in; None for the only stream."""
    _, dot, number = entry.partition(".")
    return int(number) if dot and number.isdecimal() else None


def position(entry: str) -> tuple[int, int]:
    """Give an entry's place in its stream."""
    ms, _, n = bare(entry).partition("-")
    return int(ms), int(n or 0)


def names(fields: Fields) -> str:
    """Write the names for a terminal or a log, the first ones, each cut."""
    given = [_spoken(name[:NAME_LENGTH]) for name, _ in fields[:NAMED]]
    more = len(fields) - NAMED
    return ", ".join(given) + (f" and {more} more" if more > 0 else "")


def _spoken(name: bytes) -> str:
    """Quote what might be taken for another name, as `'event '`."""
    return name.decode() if _PLAIN.fullmatch(name) else ascii(name)[1:]


def text(name: bytes) -> str:
    """Give a name as text; bytes that are no UTF-8 as escapes."""
    return name.decode(errors="backslashreplace")


def pack(fields: Fields) -> bytes:
    """Write names and values as netstrings without commas, `4:data2:{}`."""
    parts = (part for field in fields for part in field)
    return b"".join(b"%d:%b" % (len(part), part) for part in parts)


def unpack(packed: bytes) -> Fields:
    """Read what `pack` wrote.

    Raises:
        DecodeError: it did not write this.
    """
    try:
        parts = list(_parts(packed))
        return tuple(zip(parts[::2], parts[1::2], strict=True))
    except ValueError:
        raise DecodeError("the fields of an entry: not as they were packed") from None


def _parts(packed: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(packed):
        begin = packed.index(b":", at) + 1
        at = begin + int(packed[at : begin - 1])
        if not begin <= at <= len(packed):
            raise ValueError("a part that ends elsewhere")
        yield packed[begin:at]
