"""A ledger that holds what terminals must not be given, and commands to read it."""

import json
from dataclasses import replace
from pathlib import Path

from serializers.drift.shape import Kind as Kind_
from serializers.drift.shape import Shape
from serializers.events.entry_fields import of_event
from serializers.order_record import Line, Portion, Shipment
from serializers.timeline.codes import Code, note
from tasks.ledger_values import Hint, Kind, NewDelivery, Settlement, WatchMove
from tasks.outcomes.outcome import Again, GiveUp
from tests.defaults import endpoint_states
from tests.ledger import acts
from tests.ledger.clock import World
from workers.ledger import keys
from workers.ledger.audit.actor import Actor
from workers.ledger.drift.listing import DriftList
from workers.ledger.drift.notebook import Notebook

#: A title, a colour, the same by C1, a bell, a turn of direction, a line separator,
#: DEL, and signs that latin-1 does not have.
HOSTILE = "\x1b]0;t\x07\x1b[31m\x9b31m\u202e\u2066\u2028\x7f→中\N{BLACK HEART SUIT}"
ORDER = f"SO-{HOSTILE}"
LETTER = "event:1-0"
#: As a worker would never write it, and somebody else might.
SHAPE = Shape(HOSTILE, HOSTILE, Kind_.FIELD, HOSTILE, HOSTILE)


def fill(world: World) -> None:
    """Put it into every field that comes from outside."""
    line = Line("1", "1", HOSTILE, "1", now=(Portion(HOSTILE, HOSTILE),))
    line = line._replace(part=HOSTILE, vendor_part=HOSTILE)
    hint_size = Shipment(HOSTILE, HOSTILE, HOSTILE, tracking_numbers=(HOSTILE,))
    line = line._replace(shipments=(hint_size,), invoices=(Portion(HOSTILE, "1"),))
    link = NewDelivery("L1", "deck", Kind.LINK, HOSTILE.encode())
    shown = (acts.notification("N1"), acts.notification("N2"))
    planned = acts.admission(world, (link, *shown), ORDER, WatchMove.START)
    order = planned.order._replace(purchase_order=HOSTILE, lines=(line,))
    order = order._replace(customer_id=HOSTILE, endpoints=("acme", HOSTILE))
    notes = (note(Code.PLACED, HOSTILE), note(Code.KEPT_FOR, HOSTILE))
    written = world.ledger.admit([replace(planned, order=order, notes=notes)])
    for hint in written[0].leased:
        if hint.destination != "westcon":
            _fail(world, acts.sent(world, hint))
    world.redis.sadd(f"{acts.root(world, ORDER)}destinations", f"ingram/{HOSTILE}")
    old = {f"delivery:{HOSTILE}": 1}
    world.redis.zadd(f"{acts.root(world, ORDER)}due:ingram/{HOSTILE}", old)
    hostile = HOSTILE.encode()
    fields = ((b"event", hostile + b"\xff"), (hostile, hostile))
    world.ledger.bury_event("1-0", fields, HOSTILE, HOSTILE)
    world.ledger.bury_event("2-0", of_event(hostile), HOSTILE, HOSTILE)
    notebook = Notebook()
    notebook.note(SHAPE, HOSTILE, lambda: HOSTILE)
    DriftList(world.redis, world.scripts).write(notebook)
    endpoint_states(world.redis, world.scripts).disable(
        "acme", HOSTILE, Actor(HOSTILE, HOSTILE)
    )
    world.redis.hset(keys.gate("deck"), mapping={"until": 10**13, "why": HOSTILE})


def _fail(world: World, hint: Hint) -> None:
    outcome = GiveUp(HOSTILE, HOSTILE)
    if hint.destination.startswith("ingram"):
        world.ledger.settle(
            hint, "run", [Settlement(hint.claims[0], Again(9.0, HOSTILE, "x"), HOSTILE)]
        )
        return
    world.ledger.settle(hint, "run", [Settlement(hint.claims[0], outcome, HOSTILE)])


def arguments(folder: Path) -> dict[str, tuple[str, ...]]:
    """Every command that ends by itself, with arguments that make it print."""
    events = folder / "events.ndjson"
    events.write_text(json.dumps({"id": HOSTILE, "data": {HOSTILE: HOSTILE}}), "utf-8")
    request = folder / "request.http"
    body = HOSTILE.encode()
    head = f"webhook-id: {HOSTILE.encode().hex()}\r\nx-hub-signature: \x1b[31m"
    request.write_bytes(f"POST / HTTP/1.1\r\n{head}\r\n\r\n".encode() + body)
    return {
        "demo": ("--help",),
        "doctor": (),
        "publish": (str(events), "--unchecked"),
        "status": (),
        "explain": (ORDER,),
        "find": (HOSTILE,),
        "dead-letters list": (),
        "dead-letters show": (LETTER,),
        "dead-letters replay": ("delivery:" + HOSTILE,),
        "orders list": (),
        "orders export": (),
        "dead-letters discard": (HOSTILE, "--reason", HOSTILE, "--as", HOSTILE),
        "dead-letters edit": (LETTER, "--file", str(events)),
        "pause": (HOSTILE,),
        "resume": (HOSTILE,),
        "gate open": (HOSTILE,),
        "poll": (ORDER,),
        "abandon": (HOSTILE, "--reason", HOSTILE),
        "replay-stream": ("--since", "1h", "--dry-run"),
        "audit list": (),
        "audit verify": (),
        "audit export": (),
        "orders assign": (ORDER, HOSTILE),
        "reconcile apply": (str(events), "--dry-run"),
        "partitions plan": ("2",),
        "partitions apply": ("1", "--reason", HOSTILE, "--as", HOSTILE),
        "partitions verify": (),
        "results": (),
        "drift list": (),
        "drift show": (SHAPE.id,),
        "drift forget": (HOSTILE,),
        "endpoints list": (),
        "endpoints show": ("acme",),
        "endpoints test": ("acme",),
        "endpoints disable": ("acme", "--why", HOSTILE),
        "endpoints enable": (HOSTILE,),
        "endpoints forget": (HOSTILE,),
        "verify": ("--request", str(request), "--endpoint", "acme"),
        "sandbox": ("--env",),
        "serve token": (HOSTILE,),
        "serve user": (HOSTILE,),
    }
