"""Index by purchase order: which orders have one, and whose Westcon's orders are."""

from collections.abc import Sequence
from datetime import timedelta

from serializers import purchase_order_uses
from serializers.order_record import pack
from serializers.purchase_order_uses import Use, place_of, written
from serializers.timeline import entry
from tasks.amendment import Amendment
from tasks.ledger_values import Admission, WatchMove
from tasks.planning.rules import WESTCON, destination_of
from workers.ledger import keys
from workers.ledger.layout.places import Places
from workers.ledger.retention import Retention
from workers.ledger.scripts import Argument, Call, Scripts
from workers.redis.answers import text

#: Where an order's record is out of a script's reach, it is taken for gone after so
#: many days.
FORGOTTEN_DAYS = 400


class PurchaseOrders:
    """The part of the ledger that knows orders by their purchase orders.

    The index of a purchase order is in a partition of its own: one script decides for
    all the orders that have it. Every method raises redis.RedisError.

    Args:
        scripts: on the ledger.
        retention: how long orders are kept.
        places: of orders.
    """

    def __init__(self, scripts: Scripts, retention: Retention, places: Places) -> None:
        self._scripts = scripts
        self._retention = retention
        self._places = places

    def index(self, admission: Admission, partition: int) -> Sequence[Argument]:
        """What has `admit.lua` index an order by its purchase order; nothing for none.

        Where that has another partition, it is done right before: no look at another
        order misses one that is admitted.
        """
        order = admission.order
        if not any(one.move is WatchMove.START for one in admission.watches):
            return ()
        purchase_order = (
            order.purchase_order or (order.westcon_reference or ("", ""))[1]
        )
        if not purchase_order:
            return ()
        if self._places.layout.indexed(purchase_order) == partition:
            return self._place(purchase_order)
        self._scripts.later(self._use(purchase_order, order.name))
        return ()

    def uses(self, purchase_order: str, order: str) -> tuple[Use, ...]:
        """Who has this purchase order: this order, from now on, and others."""
        answer = self._scripts.run(self._use(purchase_order, order))
        return purchase_order_uses.read(text(answer))

    def give(
        self, purchase_order: str, before: Sequence[Use], after: Sequence[Use]
    ) -> bool:
        """Keep whose Westcon's orders are; False where others did so in between."""
        root = keys.prefix(self._places.layout.indexed(purchase_order))
        arguments = (*place_of(purchase_order), written(before), written(after))
        return bool(self._scripts.run(Call("give", root, arguments)))

    def _use(self, purchase_order: str, order: str) -> Call:
        root = keys.prefix(self._places.layout.indexed(purchase_order))
        return Call("use", root, (*self._place(purchase_order), order))

    def _place(self, purchase_order: str) -> tuple[Argument, ...]:
        kept = timedelta(milliseconds=self._retention.order_retention).days
        within_reach = self._places.layout.is_single
        days = kept if within_reach else max(kept, FORGOTTEN_DAYS)
        return (*place_of(purchase_order), days, int(within_reach))

    def amend(self, amendment: Amendment) -> bool:
        """Change an order's record; False where it is another meanwhile, or gone."""
        order, retention = amendment.order, self._retention
        arguments = (
            order.name,
            amendment.version,
            pack(order),
            entry.encode(amendment.notes),
            retention.timeline,
            retention.lease,
            retention.order_retention,
            amendment.answers,
            WatchMove.START,
            WESTCON,
            destination_of(WESTCON, order.account),
            0,
            0,
        )
        call = Call("amend", self._places.root_of(order.name), arguments)
        return bool(self._scripts.run(call) == b"amended")
