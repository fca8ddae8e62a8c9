"""Mender: makes one repair after the other, each by a door that the product has."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from serializers.events.decode import decode, digest
from serializers.events.entry_fields import of_event
from serializers.formats.ids import event_id
from serializers.order_record import Order, order_name, unpack
from serializers.reconcile.finding import Act, Finding
from tasks.ledger_values import Kind, NewDelivery
from tasks.planning.plan import link_payload
from tasks.planning.rules import DECK, WESTCON, destination_of
from tasks.reconcile.restate import restated
from waybill.connect import Opened
from workers.ledger import keys
from workers.ledger.audit.actor import Actor
from workers.ledger.identity.namespace import SOURCE, namespace_of
from workers.ledger.layout.seen import marks_of
from workers.ledger.reconcile.repairs import Repairs
from workers.ledger.reconcile.trial import RepairTrial
from workers.ledger.stream.repair import add_once, is_added
from workers.redis.answers import number, octets, text
from workers.wiring.partners import plan_rules_of

#: Each result in words.
MEANINGS: Mapping[str, str] = {
    "made": "made",
    "known": "made before",
    "would": "would be made",
    "stale": "the order has just changed: give the plan again",
    "changed": "the order has changed since: plan it anew",
    "gone": "the ledger does not have it any more: plan it anew",
    "busy": "something about it is under way: plan it anew when that has ended",
    "dead": "it is a dead letter: replay or discard that",
    "refused": "a newer link waits or was delivered: discard it with waybill"
    " dead-letters discard",
    "unwanted": "the endpoint's settings want no such notification",
    "no_customer": "the order has no customer any more: plan it anew",
}

#: Results with which nothing is left to do.
DONE = frozenset({"made", "known", "would"})

#: How often a repair is tried whose order changes all the time.
ATTEMPTS = 5

_REPLAYED = {"replayed": "made", "not_dead": "known"}


class Mender:
    """Makes repairs on a ledger; every method raises redis.RedisError.

    Args:
        ledger: opened to be changed.
        plan: the digest of the plan.
        by: who has its repairs made.
    """

    def __init__(self, ledger: Opened, plan: str, by: Actor | None = None) -> None:
        parts = ledger.parts
        self._ledger, self._by = ledger, by
        self._repairs = Repairs(parts.scripts, parts.retention, parts.places, plan, by)
        self._door: Repairs | RepairTrial = self._repairs
        self._by_source = namespace_of(ledger.client) == SOURCE
        self._rules = replace(
            plan_rules_of(ledger.settings), everyone=parts.rosters.everyone()
        )
        self._acts: Mapping[Act, Callable[[Finding], str]] = {
            Act.PUBLISH: self._publish,
            Act.REPLAY: self._replay,
            Act.POLL: self._poll,
            Act.LINK: self._link,
            Act.NOTIFY: self._notify,
        }

    def make(self, one: Finding) -> str:
        """Make the repair of a finding: a word of `MEANINGS`."""
        result = ""
        for _ in range(ATTEMPTS):
            result = self._acts[one.repair.act](one)
            if result != "stale":
                break
        return result

    def _publish(self, one: Finding) -> str:
        """Publish the event, once; what was admitted by then is known by its own id.

        What has changed since the plan is newer than what the plan has, and stays. The
        letter is discarded after the event, so that a crash in between loses nothing.
        """
        parts, repair = self._ledger.parts, one.repair
        result = self._standing(one)
        if result == "changed":
            return result
        if not result:
            stream = parts.stream.for_order(self._named(one)).name
            mark = self._repairs.mark(repair, one.kind)
            fields = of_event(repair.event.encode())
            added = add_once(parts.scripts, stream, mark, fields, self._by)
            result = "made" if added else "known"
        if repair.item:
            parts.dead_letters.discard(repair.item, self._by)
        return result

    def _standing(self, one: Finding) -> str:
        """Why an event is not published: `known` or `changed`; "" where it is."""
        parts, repair, client = self._ledger.parts, one.repair, self._ledger.client
        event, name = decode(repair.event.encode()), self._named(one)
        marks = marks_of(name, digest(event.source, event.id), self._ledger.layout)
        stream = parts.stream.for_order(name).name
        seen = any(map(client.exists, marks))
        if seen or is_added(parts.scripts, stream, repair.id):
            return "known"
        root = parts.places.root_of(name)
        version = client.hget(keys.order(root, name), "version")
        return "" if (text(version) if version else "") == repair.why else "changed"

    def _named(self, one: Finding) -> str:
        """The order of the event that is published."""
        event = decode(one.repair.event.encode())
        return order_name(event.order_number, event.source if self._by_source else "")

    def _replay(self, one: Finding) -> str:
        parts, repair = self._ledger.parts, one.repair
        mark = self._repairs.mark(repair, one.kind)
        answer = parts.dead_letters.replay(repair.item, self._by, mark)
        stream = parts.stream.of(repair.item.removeprefix(keys.EVENT_PREFIX))
        if answer == "gone" and is_added(parts.scripts, stream.name, repair.id):
            # An event's letter goes with its replay.
            return "known"
        return _REPLAYED.get(answer, answer)

    def _poll(self, one: Finding) -> str:
        order, version = self._order(one)
        if order is None:
            return "gone"
        place = destination_of(WESTCON, order.account)
        return self._door.poll(one.repair, one.kind, order, version, place)

    def _link(self, one: Finding) -> str:
        order, version = self._order(one)
        if order is None:
            return "gone"
        if not order.customer_id:
            return "no_customer"
        payload = link_payload(order.deck_number or order.number, order.customer_id)
        id_ = event_id("link", one.repair.id)
        place = destination_of(DECK, order.site)
        id_ += f".{place.rpartition('/')[2]}"
        made = NewDelivery(id_, place, Kind.LINK, payload)
        return self._door.deliver(one.repair, one.kind, order, version, (made,))

    def _notify(self, one: Finding) -> str:
        order, version = self._order(one)
        if order is None:
            return "gone"
        repair = one.repair
        made = restated(
            order, repair.lines, repair.event_id, repair.endpoint, self._rules
        )
        if not made:
            return "unwanted"
        return self._door.deliver(repair, one.kind, order, version, made)

    def _order(self, one: Finding) -> tuple[Order | None, int]:
        """The order as it is now, None where it is not known."""
        name = one.repair.order
        root, client = self._ledger.parts.places.root_of(name), self._ledger.client
        record = client.get(keys.record(root, name))
        version = client.hget(keys.order(root, name), "version")
        if record is None or version is None:
            return None, 0
        return unpack(octets(record)), number(version)
