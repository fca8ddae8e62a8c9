"""Events, orders and Westcon's lines as the tests spell them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from serializers.events import decode
from serializers.events.decode import EventLine, EventType, OrderEvent
from serializers.order_record import Line, Order, Portion, Shipment, pack
from serializers.westcon.reply import StatusLine
from tasks.execution.link import link
from tasks.execution.notify import notify
from tasks.execution.report import Report
from tasks.ledger_values import Claim, Held, Hint
from tasks.planning.lines.answer import Row
from tasks.planning.lines.transitions import Growth, Transition
from tasks.planning.plan import Plan, plan
from tasks.planning.rules import WESTCON, PlanRules
from tasks.planning.statuses import DEFAULT_STATUSES, is_stage, rule_of
from tasks.polling.poll import poll
from tasks.receive import receive
from tasks.services import Services
from tests.tasks.fake_items import Item
from tests.tasks.fakes import RULES, START_MS, Worker, World

NUMBER = "60012345"


def reported(status: str = "SCH", line: str = "10", **fields: Any) -> StatusLine:
    """A line of Westcon's reply."""
    plain = StatusLine(
        order_number=NUMBER,
        line_number=line,
        customer_order_number="PO-7",
        customer_line_number="",
        product_number="IM-1",
        quantity="5",
        status=status,
        status_date="2026-02-01",
        ship_date="",
        invoice="",
    )
    return replace(plain, **fields)


def row(status: str = "SCH", number: str = "10", **fields: Any) -> Row:
    """A row of an answer."""
    plain = Row(f"{NUMBER}/{number}", number, NUMBER, status, "5", "2026-02-01")
    return plain._replace(**fields)


def line(
    status: str = "SCH",
    number: str = "10",
    quantity: str = "5",
    ship_date: str = "",
    invoice: str = "",
    asked_ms: int = START_MS,
    **fields: Any,
) -> Line:
    """A line of the snapshot, all of it in one status."""
    portion = (Portion(status, quantity),)
    stage = is_stage(rule_of(status, DEFAULT_STATUSES))
    plain = Line(
        key=f"{NUMBER}/{number}",
        number=number,
        sub_order=NUMBER,
        ordered=quantity,
        reached=portion if stage else (),
        now=() if stage else portion,
        shipments=(Shipment(ship_date, quantity),) if ship_date else (),
        invoices=(Portion(invoice, quantity),) if invoice else (),
        status_date="2026-02-01",
        asked_ms=asked_ms,
    )
    return plain._replace(**fields)


def event(
    kind: str, second: float = 0.0, lines: Sequence[EventLine] = (), **fields: Any
) -> OrderEvent:
    """An event of order SO-1, dated so many seconds after the start."""
    plain = OrderEvent(
        id=f"{kind}-{second}",
        source="/erp",
        type=EventType(f"order.{kind}"),
        time_ms=START_MS + int(second * 1000),
        order_number="SO-1",
        lines=tuple(lines),
    )
    return replace(plain, **fields)


def changed(second: float, *statuses: str, **fields: Any) -> OrderEvent:
    """`order.status_changed`; each status is "line:code"."""
    pairs = (status.partition(":") for status in statuses)
    lines = [EventLine(number, code) for number, _, code in pairs]
    return event("status_changed", second, lines, **fields)


def after(
    *happened: OrderEvent,
    held: Held | None = None,
    rules: PlanRules = RULES,
    later_ms: int = 0,
) -> tuple[list[Plan], Held]:
    """Plan events one after the other; every plan, and the order in the end.

    They are planned so much later than they were published.
    """
    now = held or Held(None, 0)
    plans = []
    for n, one in enumerate(happened):
        made = plan(one, f"{START_MS + n}-0", now, rules, START_MS + n + later_ms)
        plans.append(made)
        now = Held(made.order, now.version + 1)
    return plans, now


def order(**fields: Any) -> Order:
    return Order("SO-1", seen_ms=START_MS, changed_ms=START_MS)._replace(**fields)


def transitions(*changes: tuple[str, Line]) -> tuple[Transition, ...]:
    """Changes of whole lines from a status, "" for lines not seen before."""
    return tuple(_transition(*change) for change in changes)


def _transition(before: str, now: Line) -> Transition:
    was = line(before, now.number, key=now.key, quantity=now.ordered)
    grown = tuple(Growth(code, "0", quantity) for code, quantity in now.reached)
    if before:
        now = now._replace(changes=was.changes + (was.now != now.now))
    return Transition(was if before else None, now, grown)


def publish(world: World, *happened: OrderEvent) -> list[str]:
    """Put events into the stream; their entries."""
    ids = []
    for one in happened:
        id_ = f"{world.clock.ms}-{len(world.ledger.stream)}"
        world.ledger.stream[id_] = decode.encode(one)
        ids.append(id_)
    return ids


def take_in(world: World, *happened: OrderEvent) -> dict[str, int]:
    """Publish events and receive them in one batch."""
    return receive(publish(world, *happened), world.services()).counts


def work(hint: Hint, services: Services) -> Report:
    """Run the task that works on this hint, bound to the worker's client."""
    assert isinstance(services, Worker)
    match hint.destination:
        case "westcon":
            return poll(services.westcon, hint, services)
        case "deck":
            return link(services.deck, hint, services)
        case _:
            return notify(services.ingram, hint, services)


def run_hints(world: World) -> None:
    """Work on every hint that was sent, and on those that follow."""
    while world.hints.sent:
        work(world.hints.sent.pop(0), world.services())


def release(world: World) -> None:
    """Claim what is due everywhere, and work on it until nothing is."""
    while True:
        run_hints(world)
        names = sorted({item.destination for item in world.ledger.items.values()})
        hints = [Hint(name, 0, ()) for name in names]
        due = [replace(one, claims=world.ledger.claim(one, 100)) for one in hints]
        world.hints.send([one for one in due if one.claims])
        if not world.hints.sent:
            return


def watched(world: World, *orders: Order) -> Hint:
    """Orders under watch, leased for one hint."""
    for one in orders:
        world.ledger.records[one.number] = (1, pack(one))
    return leased(world, *(one.number for one in orders))


def leased(world: World, *numbers: str) -> Hint:
    """A hint for the watches of these orders."""
    claims: list[Claim] = []
    for number in numbers:
        ref = f"watch:westcon:{number}"
        item = world.ledger.items.setdefault(ref, Item(ref, WESTCON, number))
        claims += world.ledger._start(item)[0].claims
    return Hint(WESTCON, 0, tuple(claims))
