"""Orders about which events are in the stream and not admitted yet."""

import json
from collections.abc import Iterator

from serializers.formats.lenient_json import text_of
from serializers.order_name import order_name
from workers.ledger.stream.view import StreamView


def unread_orders(stream: StreamView, *, by_source: bool) -> Iterator[str]:
    """Names of these orders, as far as the events can be read.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    for event in stream.waiting():
        name = order_of(event, by_source=by_source)
        if name:
            yield name


def order_of(event: bytes, *, by_source: bool) -> str:
    """The ledger's name of the order that an event is about, "" where it has none."""
    source, _, number = names_of(event)
    return order_name(number, source if by_source else "") if number else ""


def names_of(event: bytes) -> tuple[str, str, str]:
    """Source, id and order number of an event, as far as they can be made out."""
    try:
        value = json.loads(event)
    except (ValueError, RecursionError):
        return "", "", ""
    if not isinstance(value, dict):
        return "", "", ""
    part = value.get("data")
    number = part.get("order_number") if isinstance(part, dict) else None
    number = text_of(number) or text_of(value.get("subject"))
    return text_of(value.get("source")), text_of(value.get("id")), number
