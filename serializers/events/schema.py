"""JSON Schema of an order event, made from the shape that decoding uses."""

from collections.abc import Sequence
from typing import Any

from serializers.events import patterns
from serializers.events.shape import NEEDED, EventPart, EventType, Needed


def schema() -> dict[str, object]:
    """Give the schema, in draft 2020-12. It accepts what decoding does, but for these.

    - `subject`, if it is given and not empty, must be `data.order_number`.
    - `time` may not be carried past the year 9999 by its offset or a leap second.
    - How the JSON is written: UTF-8 of at most `decode.MAX_BYTES` without a byte order
      mark, no name given twice, no half of a surrogate pair, `json_limits`.
    """
    shape: dict[str, Any] = EventPart.model_json_schema()
    parts = shape["$defs"]
    for part in (shape, *parts.values()):
        if "properties" in part:
            part["additionalProperties"] = {"$ref": "#/$defs/Anything"}
    parts["Anything"] = patterns.anything()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **shape,
        "title": "Order event",
        "allOf": [_needs(kind, needed) for kind, needed in NEEDED.items()],
    }


def _needs(kind: EventType, needed: Needed) -> dict[str, object]:
    lines = {"minItems": 1, "items": _having(needed.of_lines, {})}
    data = _having((needed.member,), lines if needed.of_lines else {})
    return {
        "if": {"properties": {"type": {"const": kind.value}}, "required": ["type"]},
        "then": {"properties": {"data": data}},
    }


def _having(names: Sequence[str], rules: dict[str, object]) -> dict[str, object]:
    """An object that has these members, neither null nor blank."""
    given = {"not": {"type": "null"}, "pattern": r"\S"} | rules
    return {"required": list(names), "properties": dict.fromkeys(names, given)}
