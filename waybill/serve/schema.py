"""OpenAPI of the door: what FastAPI cannot see of a body that is read as bytes."""

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI

from serializers.events.decode import schema
from serializers.events.http_binding import BATCH, STRUCTURED
from waybill.serve.answers import PROBLEM, Problem

_EVENT: Final = {"$ref": "#/components/schemas/Event"}
_DATA: Final = {"$ref": "#/components/schemas/DataPart"}

#: The attributes of a binary event that have to be there, or are read.
_ATTRIBUTES: Final = ("specversion", "id", "source", "type", "time")

POSTED: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            STRUCTURED: {"schema": _EVENT},
            BATCH: {"schema": {"type": "array", "items": _EVENT, "minItems": 1}},
            "application/json": {"schema": _DATA},
        },
    },
    "parameters": [
        {
            "name": f"ce-{name}",
            "in": "header",
            "required": False,
            "description": "Of an event in binary mode (application/json)",
            "schema": {"type": "string"},
        }
        for name in _ATTRIBUTES
    ],
}


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The answers of a route that are problems."""
    return {
        status: {
            "model": Problem,
            "description": HTTPStatus(status).phrase,
            "content": {PROBLEM: {}},
        }
        for status in statuses
    }


def complete(app: FastAPI) -> None:
    """Have the document carry the schema of events, which their checks are made of."""
    made = app.openapi

    def whole() -> dict[str, Any]:
        document = made()
        schemas = document["components"]["schemas"]
        if "Event" not in schemas:
            event = _placed(schema())
            schemas |= event.pop("$defs")
            event.pop("$schema", None)
            schemas["Event"] = event
        return document

    app.openapi = whole  # type: ignore[method-assign] # FastAPI's own way


def _placed(value: Any) -> Any:
    """The same with its references leading to where OpenAPI keeps schemas."""
    match value:
        case dict():
            return {name: _reference(name, one) for name, one in value.items()}
        case list():
            return [_placed(one) for one in value]
    return value


def _reference(name: str, value: Any) -> Any:
    if name == "$ref":
        return str(value).replace("#/$defs/", "#/components/schemas/")
    return _placed(value)
