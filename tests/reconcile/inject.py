"""Discrepancies in the ledger and in the partners' books."""

import json
from collections.abc import Iterable, Sequence

import redis

from sandbox.partners.westcon.plans import OrderLine, steps_of
from sandbox.server import Sandbox
from serializers.reconcile.finding import Kind
from tests.reconcile.fill import SOURCE, Filler, Told, day
from tests.reconcile.seeds import Seed
from workers.ledger import keys

ROOT = keys.prefix(0)

#: What the ERP's book has in place of what the ledger has.
OTHER_WESTCON = 1_000_000


def into_partners(sandbox: Sandbox, seeds: Iterable[Seed]) -> None:
    """Put every order into the stand-ins' books, as it is or as it should not be."""
    for seed in seeds:
        status, quantity = seed.status, "2"
        if seed.has(Kind.BEHIND, "status"):
            status = "SHI"
        if seed.has(Kind.BEHIND, "quantity"):
            quantity = "5"
        _at_westcon(sandbox, seed.westcon, seed, status, quantity)
        if seed.has(Kind.DIFFERS, "westcon_number"):
            _at_westcon(sandbox, erp_westcon(seed), seed, status, quantity)
        customer = customer_at_deck(seed)
        if customer:
            sandbox.links.link(seed.number, customer, "json")


def customer_at_deck(seed: Seed) -> str:
    """Whose DECK has it, "" for nobody's."""
    if not seed.is_here or seed.has(Kind.LINK_MISSING):
        return ""
    if seed.has(Kind.DEAD_LETTER, "link"):
        return ""
    return "ELSE" if seed.has(Kind.LINK_DIFFERS) else seed.customer


def _at_westcon(
    sandbox: Sandbox, number: str, seed: Seed, status: str, quantity: str
) -> None:
    line = OrderLine(number="10", product="SKU-1", quantity=quantity)
    plan = steps_of((status,), by="hand")
    sandbox.orders.put(number, (line,), seed.purchase_order, plan, day())


def into_ledger(filler: Filler, seeds: Iterable[Seed]) -> None:
    """Do to the ledger what a restore or a hand may do to it."""
    for seed in seeds:
        match seed.kind:
            case Kind.NOT_WATCHED:
                _unwatch(filler.client, seed)
            case Kind.NOT_NOTIFIED:
                _forget_deliveries(filler, seed)
            case Kind.REFUSED:
                _refuse(filler, seed)


def _unwatch(client: redis.Redis, seed: Seed) -> None:
    ref = keys.watch_ref("westcon", seed.number)
    assert client.zrem(keys.due(ROOT, "westcon"), ref) == 1
    if seed.variant == "ended":
        client.hset(keys.order(ROOT, seed.number), "state", "ended")


def _forget_deliveries(filler: Filler, seed: Seed) -> None:
    told = [one for one in filler.told if one.order == seed.number]
    lost = [one for one in told if one.endpoint == seed.variant]
    assert lost
    for one in lost:
        delivery = keys.delivery_ref(f"{one.event_id}.{one.endpoint}")
        assert filler.client.delete(keys.item(ROOT, delivery)) == 1
        filler.told.remove(one)


def _refuse(filler: Filler, seed: Seed) -> None:
    data = {"order_number": seed.number, "customer_id": None, "lines": "none"}
    event = {
        "specversion": "1.0",
        "id": f"{seed.number}:refused",
        "source": SOURCE,
        "type": "order.placed",
        "data": data,
    }
    body = json.dumps(event).encode()
    fields = ((b"event", body),)
    why = "data.lines: must be a list"
    filler.store.bury_event(f"1700000000000-{seed.n}", fields, why, "shape")


def erp_book(seeds: Iterable[Seed]) -> Iterable[str]:
    """The ERP's book, as CSV."""
    yield "order;po;westcon order number;customer;line;qty\n"
    for seed in seeds:
        if not seed.has(Kind.UNKNOWN_AT_ERP):
            cells = (seed.number, erp_po(seed), erp_westcon(seed), erp_customer(seed))
            yield f"{';'.join(cells)};10;2\n"


def erp_po(seed: Seed) -> str:
    other = seed.has(Kind.DIFFERS, "purchase_order")
    return f"{seed.purchase_order}-B" if other else seed.purchase_order


def erp_westcon(seed: Seed) -> str:
    other = seed.has(Kind.DIFFERS, "westcon_number")
    return str(int(seed.westcon) + OTHER_WESTCON * other)


def erp_customer(seed: Seed) -> str:
    other = seed.has(Kind.DIFFERS, "customer") or seed.has(Kind.REFUSED, "customer")
    return f"{seed.customer}-B" if other else seed.customer


def receivers_book(
    endpoint: str, told: Sequence[Told], seeds: Sequence[Seed], further: Iterable[str]
) -> Iterable[str]:
    """What a receiver has, as CSV; `further` are ids that came later."""
    yield "event_id,order,event_type,line,quantity\n"
    by_number = {one.number: one for one in seeds}
    for one in told:
        seed = by_number[one.order]
        if one.endpoint != endpoint:
            continue
        if endpoint == "acme" and seed.has(Kind.NOT_RECEIVED):
            continue
        about = f"{one.order},im::{one.status},10,2\n"
        yield f"{one.event_id},{about}"
        if endpoint == "acme" and seed.has(Kind.RECEIVED_TWICE):
            yield f"{one.event_id[::-1]},{about}"
    yield from (f"{id_},,,,\n" for id_ in further)


def expected(seeds: Iterable[Seed]) -> set[tuple[str, str]]:
    """The findings that there are: kinds with their orders."""
    return {(one.kind.value, one.number) for one in seeds if one.kind is not None}
