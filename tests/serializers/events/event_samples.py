"""A small valid event, the ways to change it, and the schema it fits."""

import json
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from serializers.events import decode
from serializers.events.decode import OrderEvent

SCHEMA = Draft202012Validator(decode.schema())


def wire(**changes: Any) -> dict[str, Any]:
    """A small valid event; "data__x" changes a member of its data."""
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": "e-1",
        "source": "erp",
        "type": "order.placed",
        "data": {"order_number": "SO-1"},
    }
    for name, value in changes.items():
        if name.startswith("data__"):
            envelope["data"][name.removeprefix("data__")] = value
        else:
            envelope[name] = value
    return envelope


def read(envelope: object) -> OrderEvent:
    return decode.decode(json.dumps(envelope).encode())
