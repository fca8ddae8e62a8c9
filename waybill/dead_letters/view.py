"""Views of a dead letter: table row, JSON document, full text."""

import base64
from collections.abc import Iterable, Iterator

from waybill.console import iso, moment
from workers.ledger.dead_letters import DeadLetter, WholeLetter

COLUMNS = (
    "id",
    "kind",
    "order",
    "destination",
    "reason",
    "attempts",
    "at",
    "fingerprint",
)

#: Characters of one value, and fields, that are shown to a person.
SHOWN, SHOWN_FIELDS = 64 * 1024, 100

#: What a request for one letter came to.
ANSWERS = {
    "replayed": "replayed",
    "discarded": "discarded",
    "would": "would be",
    "again": "replayed twice before: mend the cause, or give --again",
    "refused": "refused: a newer link of this order waits or was delivered",
    "not_dead": "not dead: it is on its way or has ended",
    "gone": "gone: there is no such dead letter",
    "ambiguous": "ambiguous: several ids end like this; write it with its prefix",
}


def row(letter: DeadLetter) -> tuple[str, ...]:
    """A table's row, in the order of `COLUMNS`."""
    return (
        letter.id,
        letter.kind,
        f"{letter.order or ''}{' (an earlier one)' * letter.earlier}",
        letter.destination or "",
        letter.reason,
        str(letter.attempts),
        moment(letter.at_ms),
        letter.fingerprint,
    )


def entry(letter: DeadLetter) -> dict[str, object]:
    """The object of `list --json`; its members are promised."""
    return {
        "id": letter.id,
        "kind": letter.kind,
        "order": letter.order,
        "destination": letter.destination,
        "reason": letter.reason,
        "fingerprint": letter.fingerprint,
        "tries": letter.attempts,
        "at": iso(letter.at_ms),
        "earlier_order": letter.earlier,
    }


def document(letter: WholeLetter) -> dict[str, object]:
    """The object of `show --json`."""
    payload, encoding = readable(letter.payload)
    history = [{"at": iso(ms), "line": line} for ms, line in _moments(letter.history)]
    more = {"payload": payload, "payload_encoding": encoding, "history": history}
    fields = [_field(*one) for one in letter.fields]
    return entry(letter) | more | {"fields": fields, "corrected": letter.corrected}


def _field(name: bytes, value: bytes) -> dict[str, object]:
    """A field of an event's entry; a name may come twice, so a list holds them."""
    (name_text, name_encoding), (text, encoding) = readable(name), readable(value)
    return {
        "name": name_text,
        "name_encoding": name_encoding,
        "value": text,
        "value_encoding": encoding,
    }


def readable(payload: bytes) -> tuple[str, str]:
    """The payload as text, and how: utf-8, or base64 where it is no text."""
    try:
        return payload.decode(), "utf-8"
    except UnicodeDecodeError:
        return base64.b64encode(payload).decode(), "base64"


def lines(letter: WholeLetter) -> Iterator[str]:
    """A letter, for a person: of what is long, the beginning."""
    for name, value in zip(COLUMNS, row(letter), strict=True):
        yield f"{name + ':':<13}{value or '-'}"
    if letter.corrected:
        yield f"{'corrected:':<13}{letter.corrected}"
    yield "history:"
    for ms, line in _moments(letter.history):
        yield f"  {moment(ms)}  {line}"
    yield from _content(letter)


def _content(letter: WholeLetter) -> Iterator[str]:
    """The payload, or the fields of an entry that has others."""
    parts = [("payload", letter.payload)] if letter.payload else []
    if len(letter.fields) > 1 or not parts:
        parts = [
            (f"field {_spoken(name)[:SHOWN]}", value) for name, value in letter.fields
        ]
    for title, value in parts[:SHOWN_FIELDS]:
        text, encoding = readable(value)
        yield f"{title} ({encoding}):"
        yield text[:SHOWN]
        if len(text) > SHOWN:
            yield f"... cut: {len(value)} bytes in all; --json shows them"
    if len(parts) > SHOWN_FIELDS:
        yield f"... cut: {len(parts)} fields in all; --json shows them"
    if not parts:
        yield "payload:     none"


def _spoken(name: bytes) -> str:
    text, encoding = readable(name)
    return (text or "without a name") if encoding == "utf-8" else f"{encoding} {text}"


def _moments(history: Iterable[str]) -> Iterator[tuple[int, str]]:
    for one in history:
        ms, _, line = one.partition(" ")
        # A person may have written something else into the ledger.
        yield (int(ms), line) if ms.isdecimal() else (0, one)
