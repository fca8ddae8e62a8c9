"""JSON Schema of results, made from the shape of their data."""

from typing import Any

from pydantic.json_schema import models_json_schema

from serializers.results.result import PREFIX
from serializers.results.shape import DATA

_MOMENT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"


def schema() -> dict[str, object]:
    """Give the schema in draft 2020-12: one alternative for each type of result."""
    models = [(model, "validation") for model in dict.fromkeys(DATA.values())]
    _, made = models_json_schema(models, ref_template="#/$defs/{model}")  # type: ignore[arg-type] # pairs, as it wants
    kinds = [
        {
            "properties": {
                "type": {"const": PREFIX + kind.value},
                "data": {"$ref": f"#/$defs/{model.__name__}"},
            }
        }
        for kind, model in DATA.items()
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Result",
        "description": "What the ERP hears of its orders: a CloudEvent 1.0.",
        "type": "object",
        "properties": _envelope(),
        "required": ["specversion", "id", "source", "type", "time", "data"],
        "oneOf": kinds,
        "$defs": made["$defs"],
    }


def _envelope() -> dict[str, Any]:
    text = {"type": "string", "minLength": 1}
    return {
        "specversion": {"const": "1.0"},
        "id": text
        | {"description": "The same for the same change, however often it is read"},
        "source": text | {"description": "waybill, or waybill:<deployment>"},
        "type": text,
        "subject": text | {"description": "The order, as `waybill explain` takes it"},
        "time": {"type": "string", "pattern": _MOMENT},
        "sequence": {
            "type": "string",
            "pattern": "^[0-9]{10,}$",
            "description": "Which one it is of the order's results, from 1; absent"
            " where it is none of an order's",
        },
        "traceparent": text
        | {"description": "Of the newest event about the order that had one"},
        "data": {"type": "object"},
    }
