"""Acts on one order: it is looked at now, or given up."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workers.ledger.audit.actor import Actor, Deed
from workers.ledger.layout.places import Places
from workers.ledger.retention import Retention
from workers.ledger.scripts import Argument, Call, Scripts
from workers.redis.answers import number, text

#: Characters of a reason that an order's timeline keeps.
MAX_REASON = 300


@dataclass(frozen=True, slots=True)
class Done:
    """What an act on an order came to.

    Attributes:
        word: `polled` or `abandoned`; `ended` where there was nothing to do, `dead`
            where its watches are dead letters, `gone` where it is not known.
        watches: how many it was done to.
        deliveries: how many were discarded.
    """

    word: str
    watches: int = 0
    deliveries: int = 0


class OrderActs:
    """Acts on orders; every method raises redis.RedisError."""

    def __init__(self, scripts: Scripts, retention: Retention, places: Places) -> None:
        self._scripts = scripts
        self._retention = retention
        self._places = places

    def poll(self, order: str, by: Actor) -> Done:
        """Have it looked at now, wherever it is watched."""
        arguments = (order, self._retention.timeline)
        call = Call("poll_order", self._places.root_of(order), arguments)
        deed = Deed("order.polled", order, "polled")
        return _done(by.run_act(self._scripts, call, deed))

    def abandon(self, order: str, deliveries: Iterable[str], by: Actor) -> Done:
        """End its watches, and discard these deliveries of it."""
        retention = self._retention
        arguments: tuple[Argument, ...] = (
            order,
            retention.order_retention,
            retention.delivery_retention,
            retention.timeline,
            by.why[:MAX_REASON],
            *deliveries,
        )
        call = Call("abandon", self._places.root_of(order), arguments)
        deed = Deed("order.abandoned", order, "abandoned")
        return _done(by.run_act(self._scripts, call, deed))


def _done(answer: list[Any]) -> Done:
    return Done(text(answer[0]), *map(number, answer[1:]))
