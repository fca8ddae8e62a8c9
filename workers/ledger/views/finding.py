"""Read-only search: what a text names at once, and what only a pass over all shows."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import redis

from serializers.errors import DecodeError
from serializers.order_record import Order, mentions, spelled, unpack
from serializers.timeline.entry import decode
from workers.ledger import keys
from workers.ledger.layout.places import At, Places
from workers.ledger.scripts import Call, Scripts
from workers.ledger.views.order_items import DEAD
from workers.ledger.views.order_pass import Place, Records, following, step_of
from workers.ledger.views.order_rows import Candidate
from workers.ledger.views.purchase_order_uses import uses_of
from workers.redis.answers import octets, text

#: Keys that Redis is asked to look at in one step of a pass.
STEP = 1_000

#: Orders that one script looks at: while it runs, Redis does nothing else.
AT_ONCE = 100

#: Dead letters whose bytes are read at once: an event may have 256 KiB.
LETTERS = 50

#: Characters of a notification's id, which its deliveries have before their endpoint.
_NOTIFICATION = 26


@dataclass(frozen=True, slots=True)
class Match:
    """Something that a text names.

    Attributes:
        by: what the text is of it: order, purchase order, customer, …
        order: the order's name, "" for an event that is about none.
        item: the ref of a delivery, a watch or a dead letter, "" for an order itself.
    """

    by: str
    order: str = ""
    item: str = ""


def named(client: "redis.Redis", given: str, places: Places) -> list[Match]:
    """What has the text as its name, a ref or its purchase order: some round trips.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    found = [Match("order", given)] if places.known([given])[0] else []
    place = keys.watched(given)
    if place and places.known([place[1]])[0]:
        found.append(Match("watch", place[1], given))
    found += places.everywhere(partial(_deliveries, client, given))
    found += _events(client, given, places.layout.width)
    return [*found, *_under(client, given, places)]


def searched(
    client: "redis.Redis",
    given: str,
    places: Places,
    looked: Callable[[int], bool],
) -> Iterator[Match]:
    """What a pass over every order and every refused event finds; some may come twice.

    An order is found by its customer, by its numbers at the partners, by an event about
    it, and by what its shipments and invoices are called.

    Args:
        client: of the ledger.
        given: a whole word of the order's; letters count.
        places: of orders.
        looked: is told how many orders were looked at so far, after each step; False
            ends the pass.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    count, needle, scripts = 0, spelled(given), Scripts(client)
    at: Place | None = Place()
    while at is not None:
        step = step_of(client, places, Records(), at, STEP)
        yield from _in_records(scripts, step.found, given, needle)
        count += len(step.found)
        if not looked(count):
            return
        at = following(places, step)
    for partition in range(places.layout.width):
        yield from _in_events(client, keys.prefix(partition), given.encode())


def _under(client: "redis.Redis", given: str, places: Places) -> Iterator[Match]:
    """Orders in the index; it has Westcon's number where there is no purchase order."""
    names = [one.order for one in uses_of(client, given, places)]

    def ask(at: Sequence[At]) -> list[object]:
        pipeline = client.pipeline(transaction=False)
        for root, name in at:
            pipeline.get(keys.record(root, name))
        return pipeline.execute(raise_on_error=False)

    for name, record in zip(names, places.read(names, ask), strict=True):
        by = _by(record, given, spelled(given))
        yield Match(by if by == "Westcon number" else "purchase order", name)


def _deliveries(client: "redis.Redis", given: str, partitions: int) -> list[Match]:
    found = []
    bare = given.removeprefix(keys.DELIVERY_PREFIX)
    pipeline, refs = client.pipeline(transaction=False), []
    for partition in range(partitions):
        root, ids = keys.prefix(partition), [bare]
        if len(bare) == _NOTIFICATION:
            names = client.smembers(keys.endpoints(root))
            ids += [f"{bare}.{name}" for name in sorted(map(text, names))]
        for id_ in ids:
            refs.append(keys.delivery_ref(id_))
            pipeline.hmget(keys.item(root, refs[-1]), "order", "state")
    answers = pipeline.execute(raise_on_error=False)
    for ref, answer in zip(refs, answers, strict=True):
        if isinstance(answer, list) and answer[0] is not None:
            by = "dead letter" if text(answer[1]) == DEAD else "delivery"
            found.append(Match(by, text(answer[0]), ref))
    return found


def _events(client: "redis.Redis", given: str, partitions: int) -> Iterator[Match]:
    ref = keys.event_ref(given.removeprefix(keys.EVENT_PREFIX))
    for partition in range(partitions):
        if client.zscore(keys.dead(keys.prefix(partition)), ref) is not None:
            yield Match("dead letter", item=ref)


def _in_records(
    scripts: Scripts, found: Sequence[Candidate], given: str, needle: bytes
) -> Iterator[Match]:
    """Orders of some records; Redis looks through their timelines itself."""
    of_root, spoken = (
        defaultdict[str, list[str]](list),
        given.encode(errors="backslashreplace"),
    )
    for root, ref, _ in found:
        of_root[root].append(ref.removeprefix(keys.ORDER_PREFIX))
    asked = [
        (root, names[n : n + AT_ONCE])
        for root, names in of_root.items()
        for n in range(0, len(names), AT_ONCE)
    ]
    calls = [Call("mentioned", root, (spoken, *some)) for root, some in asked]
    answers = scripts.run_all(calls) if calls else []
    for (root, some), (kept, places) in zip(asked, answers, strict=True):
        held = {some[place] for place in places}
        for name, record in zip(some, kept, strict=True):
            by = _by(record, given, needle)
            if not by and name in held:
                log = scripts.client.lrange(keys.timeline(root, name), 0, -1)
                by = _by_event(log, name, given)
            if by:
                yield Match(by, name)


def _by(record: object, given: str, needle: bytes) -> str:
    """What the text is of an order, "" for nothing; a damaged record is passed over."""
    try:
        if not isinstance(record, bytes) or not mentions(record, needle):
            return ""
        names = named_by(unpack(record))
    except DecodeError:
        return ""
    return next((by for by, text_ in names if text_ == given), "")


def named_by(order: Order) -> Iterator[tuple[str, str]]:
    """Everything by which a person may know an order, each with what it is."""
    yield "customer", order.customer_id
    yield "purchase order", order.purchase_order
    yield "Westcon number", order.westcon_number
    yield from (("Westcon number", one) for one in order.assigned)
    yield "order at DECK", order.deck_number
    for line in order.lines:
        yield "Westcon number", line.sub_order
        yield from (("invoice", one) for one in dict(line.invoices))
        for shipment in line.shipments:
            yield from (("tracking", one) for one in shipment.tracking_numbers)
            yield from (("serial", one) for one in shipment.serial_numbers)


def _by_event(log: Sequence[object], order: str, given: str) -> str:
    notes = (note for one in log for note in decode(octets(one), order).notes)
    return "event" if any(n.named.get("event") == given for n in notes) else ""


def _in_events(client: "redis.Redis", root: str, given: bytes) -> Iterator[Match]:
    refs = [text(ref) for ref in client.zrange(keys.dead(root), 0, -1)]
    events = [ref for ref in refs if ref.startswith(keys.EVENT_PREFIX)]
    for n in range(0, len(events), LETTERS):
        pipeline = client.pipeline(transaction=False)
        for ref in events[n : n + LETTERS]:
            pipeline.hmget(keys.item(root, ref), "payload", "fields")
        for ref, kept in zip(events[n:], pipeline.execute(), strict=False):
            if any(b'"' + given + b'"' in octets(one) for one in kept):
                yield Match("refused event", item=ref)
