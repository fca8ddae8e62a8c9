r"""Codec of timeline entries: notes to bytes and back.

An entry is six bytes of UTC milliseconds, which Redis writes, and its notes. A note is
its code's letter and its texts; what stands between is the byte 0xFF, which UTF-8 never
has, so that no text is escaped and every text comes back as it was:

    <ms> P evt-1 \xff k acme \xff t 1970-01-01T00:00:00Z      (without the blanks)

A ref is written short: `d` and a delivery's id, `e` and that id without what repeats
the destination's name, `w` for the watch of the timeline's own order and `w` with a
name for its watch at that partner; `r` and the ref for any other. A line's key stands
behind a dot, or behind `=` without what it shares with the one before it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from serializers.timeline import sentences
from serializers.timeline.codes import Code, Note, note

#: Stands between all parts of an entry.
SEPARATOR = b"\xff"

#: Bytes of the moment. A sentence of an older release begins with a digit, which the
#: first of these bytes is not before the year 3600.
STAMP = 6
_DIGITS_FROM = ord("0")

_DELIVERY, _WATCH, _ORDER = "delivery:", "watch:", "order:"
_BY_LETTER = {code.letter: code for code in Code}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; `ms` is UTC, 0 where a person wrote it."""

    ms: int
    notes: tuple[Note, ...]


def encode(notes: Iterable[Note]) -> bytes:
    r"""Write notes as an entry without its moment; none give no bytes.

    Half a surrogate pair, which is no text, is written as `\ud800`.
    """
    return SEPARATOR.join(
        part.encode(errors="backslashreplace") for part in _parts(notes)
    )


def decode(entry: bytes, order: str) -> Entry:
    """Read an entry of any release; whatever it is, it is shown.

    Args:
        entry: as the ledger has it.
        order: whose timeline it is, by the ledger's name for it.
    """
    if len(entry) <= STAMP or entry[0] >= _DIGITS_FROM:
        return Entry(*sentences.read(_text(entry)))
    ms = int.from_bytes(entry[:STAMP], "big")
    return Entry(ms, tuple(_notes(entry[STAMP:], order)))


def _parts(notes: Iterable[Note]) -> Iterator[str]:
    """The texts of all notes, the first of each behind its letter."""
    head = ""
    for one in notes:
        fields = one.named
        if "item" in fields:
            fields["item"] = _short(fields["item"], fields.get("destination", ""))
        if "line" in fields:
            fields["line"], head = _relative(fields["line"], head)
        first, *rest = fields.values() or ("",)
        yield one.code.letter + first
        yield from rest


def _notes(body: bytes, order: str) -> Iterator[Note]:
    parts, head = list(map(_text, body.split(SEPARATOR))), ""
    while parts:
        first = parts[0]
        code = _BY_LETTER.get(first[:1])
        if code is None or len(parts) < len(code.fields):
            # Nobody knows how many texts a code of a newer release has.
            yield note(Code.PLAIN, " ".join(parts))
            return
        taken = max(1, len(code.fields))
        fields = dict(zip(code.fields, (first[1:], *parts[1:taken]), strict=False))
        if "item" in fields:
            fields["item"] = _ref(fields["item"], fields.get("destination", ""), order)
        if "line" in fields:
            fields["line"], head = _absolute(fields["line"], head)
        yield Note(code, tuple(fields.values()))
        parts = parts[taken:]


def _short(ref: str, destination: str) -> str:
    if ref.startswith(_DELIVERY):
        id_ = ref.removeprefix(_DELIVERY)
        ending = _ending(destination)
        return f"e{id_.removesuffix(ending)}" if id_.endswith(ending) else f"d{id_}"
    if ref.startswith(_WATCH):
        return f"w{ref.removeprefix(_WATCH).partition(':')[0]}"
    return "w" if ref.startswith(_ORDER) else f"r{ref}"


def _ref(short: str, destination: str, order: str) -> str:
    kind, rest = short[:1], short[1:]
    match kind:
        case "d":
            return f"{_DELIVERY}{rest}"
        case "e":
            return f"{_DELIVERY}{rest}{_ending(destination)}"
        case "w":
            return f"{_WATCH}{rest}:{order}" if rest else f"{_ORDER}{order}"
        case _:
            return rest


def _ending(destination: str) -> str:
    """What a delivery's id ends with: the name of its endpoint, or its partner's."""
    return f".{destination.rpartition('/')[2]}"


def _relative(key: str, head: str) -> tuple[str, str]:
    """A line's key as it is written, and what the next one may share with it."""
    shares = bool(head) and key.startswith(head)
    return f"={key[len(head) :]}" if shares else f".{key}", _head(key)


def _absolute(written: str, head: str) -> tuple[str, str]:
    key = f"{head}{written[1:]}" if written.startswith("=") else written[1:]
    return key, _head(key)


def _head(key: str) -> str:
    """Westcon's order number in a line's key, with what ends it."""
    return key[: key.rfind("/") + 1]


def _text(octets: bytes) -> str:
    return octets.decode(errors="backslashreplace")
