"""Shapes as rows, lines and JSON; pure."""

import json
from collections.abc import Iterator, Sequence

from serializers.drift.shape import MEANINGS, Kind
from waybill.console import iso, moment
from workers.ledger.drift.listing import Listed

COLUMNS = ("id", "partner", "interface", "kind", "where", "form", "count", "last")


def row(one: Listed) -> tuple[str, ...]:
    """A row of the table; see `COLUMNS`."""
    shape = one.shape
    return (
        shape.id,
        shape.partner,
        shape.interface,
        shape.kind,
        shape.path or "-",
        shape.form or "-",
        str(one.count),
        moment(one.last_ms),
    )


def entry(one: Listed) -> dict[str, object]:
    """The JSON object of a shape."""
    return {
        "id": one.shape.id,
        **one.shape._asdict(),
        "count": one.count,
        "first": iso(one.first_ms),
        "last": iso(one.last_ms),
        "destination": one.place,
    }


def document(one: Listed, samples: Sequence[str]) -> dict[str, object]:
    """The same with its samples."""
    return entry(one) | {"samples": [_value(text) for text in samples]}


def lines(one: Listed, samples: Sequence[str]) -> Iterator[str]:
    """A shape with its samples, for a person."""
    shape = one.shape
    yield f"{shape.id}  {shape.partner}'s {shape.interface}: {meaning(shape.kind)}"
    if shape.path:
        yield f"where        {shape.path}"
    if shape.form:
        yield f"form         {shape.form}"
    yield f"count        {one.count}"
    yield f"listed       {moment(one.first_ms)}"
    yield f"last         {moment(one.last_ms)}, by {one.place}"
    yield f"samples      {len(samples)}"
    yield from (f"  {text}" for text in samples)


def meaning(kind: str) -> str:
    """What a kind states of an answer; "" for one of a newer release."""
    return MEANINGS[Kind(kind)] if kind in set(Kind) else kind


def _value(text: str) -> object:
    """A sample as JSON; one that was cut is a text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
