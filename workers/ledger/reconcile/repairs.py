"""Repairs of a reconciliation on the ledger, each made once."""

from collections.abc import Sequence

from serializers.order_record import Order
from serializers.reconcile.finding import Kind, Repair
from serializers.timeline import entry
from serializers.timeline.codes import Code, note
from tasks.ledger_values import NewDelivery, WatchMove
from tasks.planning.rules import WESTCON
from workers.ledger.audit.actor import Actor, Deed, run
from workers.ledger.layout.places import Places
from workers.ledger.retention import Retention
from workers.ledger.script_calls import call_of
from workers.ledger.scripts import Argument, Scripts
from workers.ledger.stream.repair import RepairMark
from workers.redis.answers import text


class Repairs:
    """Makes repairs; every method raises redis.RedisError.

    Args:
        scripts: on the ledger.
        retention: how long orders and deliveries are kept.
        places: of orders.
        plan: the digest of the plan that has the repairs.
        by: who has them made.
    """

    def __init__(
        self,
        scripts: Scripts,
        retention: Retention,
        places: Places,
        plan: str,
        by: Actor | None = None,
    ) -> None:
        self._by = by
        self._scripts = scripts
        self._retention = retention
        self._places = places
        self._plan = plan

    def mark(self, repair: Repair, kind: Kind) -> RepairMark:
        """What a repair leaves behind where it is made."""
        noted = note(Code.REPAIRED, kind, repair.act, repair.id)
        entry_ = entry.encode((noted, note(Code.OF_PLAN, self._plan)))
        life_ms = self._retention.order_retention
        return RepairMark(repair.id, self._plan, life_ms, entry_, repair.act)

    def poll(
        self, repair: Repair, kind: Kind, order: Order, version: int, place: str
    ) -> str:
        """Have Westcon asked about an order at once; a word of `repair.lua`.

        Args:
            repair: the repair.
            kind: of its finding.
            order: as it is known now.
            version: of that.
            place: the destination at which it is watched.
        """
        watch = (WatchMove.START, WESTCON, place, 0, 0)
        return self._run(repair, kind, order, version, watch)

    def deliver(
        self,
        repair: Repair,
        kind: Kind,
        order: Order,
        version: int,
        made: Sequence[NewDelivery],
    ) -> str:
        """Have deliveries made, again where they have ended; a word of `repair.lua`."""
        arguments: list[Argument] = [len(made)]
        for one in made:
            arguments += (one.id, one.destination, one.kind, one.payload, 0, 0)
        return self._run(repair, kind, order, version, arguments)

    def _run(
        self,
        repair: Repair,
        kind: Kind,
        order: Order,
        version: int,
        rest: Sequence[Argument],
    ) -> str:
        retention = self._retention
        mark = self.mark(repair, kind)
        arguments = (
            mark.repair,
            repair.act,
            order.name,
            version,
            mark.entry,
            retention.timeline,
            retention.lease,
            retention.order_retention,
            retention.delivery_retention,
            mark.life_ms,
            mark.plan,
            *rest,
        )
        call = call_of("repair", self._places.of(order.name), arguments)
        facts = {"repair": repair.id, "act": repair.act, "finding": kind}
        deed = Deed("repair.made", order.name, "made", facts=facts)
        return text(run(self._scripts, call, self._by, deed))
