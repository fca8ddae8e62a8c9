"""The JSON Schema of an order event, made from the shape that decoding uses."""

from serializers.event_shape import EventPart, EventType


def schema() -> dict[str, object]:
    """Give the schema, in draft 2020-12.

    It cannot say that `subject` must be `data.order_number`, that a day must be
    in the calendar, nor anything about bytes; decoding checks those as well.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **EventPart.model_json_schema(),
        "title": "Order event",
        "allOf": [
            _needs(EventType.CUSTOMER_LINKED, "customer_id", {"pattern": r"\S"}),
            _needs(EventType.STATUS_CHANGED, "lines", {"minItems": 1}),
        ],
    }


def _needs(kind: EventType, name: str, rule: dict[str, object]) -> dict[str, object]:
    given = {"not": {"type": "null"}} | rule
    data = {"required": [name], "properties": {name: given}}
    return {
        "if": {"properties": {"type": {"const": kind.value}}, "required": ["type"]},
        "then": {"properties": {"data": data}},
    }
