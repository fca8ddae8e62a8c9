"""What repairs of a reconciliation would come to; nothing is changed."""

from collections.abc import Sequence

import redis

from serializers.order_record import Order
from serializers.reconcile.finding import Act, Kind, Repair
from tasks.ledger_values import NewDelivery
from tasks.planning.rules import WESTCON
from workers.ledger import keys
from workers.ledger.layout.places import Places
from workers.redis.answers import text

#: States in which a delivery is under way.
_UNDER_WAY = frozenset({"lane", "due", "leased", "sending"})


class RepairTrial:
    """Answers as `Repairs` would, `would` for `made`; raises redis.RedisError.

    Each repair is looked at for itself, as if none of its plan were made before it.

    Args:
        client: of the ledger.
        places: of orders.
        partitions: of the ledger.
    """

    def __init__(self, client: "redis.Redis", places: Places, partitions: int) -> None:
        self._client, self._places = client, places
        self._roots = [keys.prefix(n) for n in range(partitions)]

    def is_made(self, repair: Repair) -> bool:
        """Whether a script has made it, wherever its item lies."""
        marks = (keys.repaired(root, repair.id) for root in self._roots)
        return any(map(self._client.exists, marks))

    def poll(
        self, repair: Repair, _kind: Kind, order: Order, _version: int, _place: str
    ) -> str:
        """What having Westcon asked about an order would come to."""
        if self.is_made(repair):
            return "known"
        root = self._places.root_of(order.name)
        first = keys.order(root, order.name)
        partner = text(self._client.hget(first, "destination")).partition("/")[0]
        further = keys.item(root, keys.watch_ref(WESTCON, order.name))
        key = first if partner in {"", WESTCON} else further
        return "dead" if self._state(key) == "dead" else "would"

    def deliver(
        self,
        repair: Repair,
        _kind: Kind,
        order: Order,
        _version: int,
        made: Sequence[NewDelivery],
    ) -> str:
        """What having deliveries made would come to."""
        if self.is_made(repair):
            return "known"
        root = self._places.root_of(order.name)
        for one in made:
            state = self._state(keys.item(root, keys.delivery_ref(one.id)))
            if state == "dead":
                return "dead"
            lane = keys.lane(root, order.name, one.destination)
            waits = repair.act is Act.LINK and self._client.llen(lane)
            if state in _UNDER_WAY or waits:
                return "busy"
        return "would"

    def _state(self, key: str) -> str:
        return text(self._client.hget(key, "state"))
