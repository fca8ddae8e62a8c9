"""A ledger full of watched orders, made by the product's own scripts."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import redis

from serializers.order_record import Line, Order, Portion, Shipment, Stamp
from serializers.timeline.codes import Code, note
from tasks.destination import Destination
from tasks.ledger_values import Admission, Advance, Look, WatchChange, WatchMove
from tasks.planning.rules import WESTCON
from workers.dispatch.room import FixedRoom
from workers.ledger.claims import Claims
from workers.ledger.identity.metadata import found
from workers.ledger.layout.layout import unmoved
from workers.ledger.layout.places import Places
from workers.ledger.scripts import Scripts
from workers.ledger.store import RedisLedger
from workers.ledger.stream.reader import Stream
from workers.partners.spec import destination
from workers.partners.westcon.settings import Westcon
from workers.settings.settings import Settings
from workers.wiring.ledger import retention_of

#: Orders per round trip while the ledger is filled.
BATCH = 500
PLACED_MS = 1_790_000_000_000
STATUSES = ("OPN", "BKO", "SHI", "SHI", "INV")
PARTS = ("C9300-24T-A", "WS-C2960X-48TD-L", "SRX340-SYS-JB", "FG-60F-BDL", "MR36-HW")

#: The ids of events are kept for a week in production; here they are measured alone,
#: so they go at once.
RETENTION = replace(retention_of(Settings()), dedup=1)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger's objects that filling and claiming need."""

    client: redis.Redis
    store: RedisLedger
    claims: Claims
    westcon: Destination


def ledger(client: redis.Redis) -> Ledger:
    """A ledger without limits of leases, on an empty Redis."""
    found(client, 1)
    limits = destination(WESTCON, Westcon(), 10**9, 0.0, 60.0)
    westcon = replace(limits, per_call=10, soon_seconds=30.0)
    scripts, known = Scripts(client), {westcon.name: westcon}
    stream = Stream(client, "orders:events", "waybill")
    places = Places(scripts, unmoved(1))
    store = RedisLedger(
        client,
        stream,
        known,
        FixedRoom(direct=False, most=10**9),
        RETENTION,
        places,
        scripts,
    )
    return Ledger(client, store, Claims(scripts, RETENTION), westcon)


def fill(
    into: Ledger, numbers: range, pauses: tuple[float, float], *, timeline: bool = False
) -> None:
    """Place these orders and look at each once; it has three lines then.

    Args:
        into: where; nothing else may be due there.
        numbers: of the orders.
        pauses: seconds until the next look, at the least and at the most.
        timeline: whether their timelines are written, too.
    """
    dice = random.Random(numbers.start)
    for start in numbers[::BATCH]:
        some = numbers[start - numbers.start :][:BATCH]
        into.store.admit([_placed(dice, n, timeline=timeline) for n in some])
        claimed = into.claims.claim(into.westcon, 0, BATCH, 10**9)
        begun = into.store.begin(claimed, claimed.claims, "a-run-of-the-benchmark")
        looks = [one for one in begun if isinstance(one, Look)]
        seen = [
            _seen(dice, one, dice.uniform(*pauses), timeline=timeline) for one in looks
        ]
        into.store.advance(claimed, "a-run-of-the-benchmark", seen)


def _placed(dice: random.Random, number: int, *, timeline: bool) -> Admission:
    at = PLACED_MS + number
    stamp = Stamp(at, (at + dice.randrange(5_000), 0))
    order = Order(
        number=str(60_000_000 + number),
        purchase_order=f"PO-{dice.randrange(10**7):07}",
        customer_id=f"C{dice.randrange(10**6):06}",
        westcon_number=str(2_400_000_000 + dice.randrange(10**8)),
        placed_ms=at,
        seen_ms=at + dice.randrange(9_000),
        changed_ms=at + dice.randrange(9_000),
        facts_at=stamp,
        placed_at=stamp,
        customer_at=stamp,
    )
    notes = (note(Code.PLACED, f"erp-2026-{number:06}"),) if timeline else ()
    digest = f"{number:032x}"
    watches = (WatchChange(WESTCON, WatchMove.START, WESTCON),)
    return Admission("1-0", digest, digest, order, 0, watches, (), notes)


def _seen(dice: random.Random, look: Look, pause: float, *, timeline: bool) -> Advance:
    order = look.order
    asked_ms, sub_order = look.asked_ms, order.westcon_number
    lines = tuple(
        _watched_line(dice, sub_order, n, asked_ms) for n in ("10", "20", "30")
    )
    changes = (note(Code.LINE_NEW, one.key, one.status) for one in lines)
    notes = (note(Code.LOOK), *changes) if timeline else ()
    moved = order._replace(lines=lines)
    return Advance(look.claim, order.number, look.version, moved, pause, (), notes)


def _watched_line(
    dice: random.Random, sub_order: str, number: str, asked_ms: int
) -> Line:
    status = dice.choice(STATUSES)
    day = f"2026-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"
    shipped, invoiced = status in {"SHI", "INV"}, status == "INV"
    quantity = str(dice.randrange(1, 50))
    portions = tuple(
        Portion(code, quantity) for code in (("SHI", "INV") if invoiced else ("SHI",))
    )
    bill = str(9_000_000_000 + dice.randrange(10**8))
    return Line(
        key=f"{sub_order}/{number}",
        number=number,
        sub_order=sub_order,
        ordered=quantity,
        reached=portions if shipped else (),
        now=() if shipped else (Portion(status, quantity),),
        shipments=(Shipment(day, quantity),) if shipped else (),
        invoices=(Portion(bill, quantity),) if invoiced else (),
        status_date=day,
        part=str(dice.randrange(10**6, 10**7)),
        vendor_part=dice.choice(PARTS),
        asked_ms=asked_ms,
    )


def batches(count: int, most: int) -> Iterator[range]:
    """The numbers up to `count`, in ranges, so that progress can be reported."""
    for start in range(0, count, most):
        yield range(start, min(start + most, count))
