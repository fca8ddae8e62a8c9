"""Orders about which events are in the stream and not admitted yet."""

from collections.abc import Iterator

from workers.ledger.stream.streams import AnyView, order_in


def unread_orders(stream: AnyView, *, by_source: bool) -> Iterator[str]:
    """Names of these orders, as far as the events can be read.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    for content in stream.waiting():
        name = order_in(content, by_source=by_source)
        if name:
            yield name
