"""Reasons why an item of an order cannot be worked on now, and until when."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tasks.concurrency import leases_left
from tasks.destination import Destination
from tasks.planning.rules import INGRAM_PREFIX
from waybill.console import moment, span
from waybill.status.reasons import closed_why, opened_by
from waybill.status.served import obstacles
from workers.ledger.identity.heartbeats import Alive
from workers.ledger.restore.findings import HELD
from workers.ledger.views.gates import Standing
from workers.ledger.views.order_items import DEAD, Item

#: Release looks at least every few seconds; what nothing blocks is taken by then.
PROMPT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason, with what to do where something can be done.

    Attributes:
        code: a short constant for programs.
        message: a sentence for people; it may hold text of a partner.
        until_ms: UTC ms at which it ends by itself at the latest, None when that is
            not known.
        item: the ref that has to end first, "" where it is none.
    """

    code: str
    message: str
    until_ms: int | None = None
    item: str = ""


#: What blocks each item, by its ref.
Blocked = Mapping[str, Sequence[Blocker]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an item meets besides itself.

    Attributes:
        known: its destination's settings, None when they do not.
        standing: of its destination.
        now_ms: UTC ms by Redis' clock.
        workers: that are alive, None when that was not asked.
        unknown: whether no living worker knows its destination.
    """

    known: Destination | None
    standing: Standing = field(default_factory=Standing)
    now_ms: int = 0
    workers: tuple[Alive, ...] | None = None
    unknown: bool = False


def blockers(item: Item, around: Surroundings) -> tuple[Blocker, ...]:
    """Everything that keeps the item waiting besides its own moment.

    An item that a worker is working on, or whose order is not watched any more, has
    none.
    """
    return tuple(_blockers(item, around))


def is_ready(item: Item, now_ms: int) -> bool:
    """Whether its own moment has come: it is due, or nobody works on it any more."""
    has_moment = item.state in {"due", "leased", "sending"}
    return has_moment and item.due_ms is not None and item.due_ms <= now_ms


def _blockers(item: Item, around: Surroundings) -> Iterator[Blocker]:
    ready = is_ready(item, around.now_ms)
    if item.state == DEAD:
        yield _dead(item)
    elif item.state == "lane":
        yield _behind(item)
    elif ready or item.state in {"due", "leased"}:
        yield from _of_destination(item, around, ready=ready)


def _dead(item: Item) -> Blocker:
    message = f"it is a dead letter ({item.why}): {_decide(item.ref)}"
    return Blocker("dead", message, item=item.ref)


def _decide(ref: str) -> str:
    # A ref holds an order's number, which may hold what a shell would read.
    replay = f"`waybill dead-letters replay {shlex.quote(ref)}`"
    return f"{replay} sends it again, `discard` drops it"


def _behind(item: Item) -> Blocker:
    goes_first = f"{item.head} goes to {item.destination} before it"
    if not item.held:
        return Blocker("lane", goes_first, item=item.head)
    message = f"{goes_first} and is a dead letter: {_decide(item.head)}"
    return Blocker("held", message, item=item.head)


def _of_destination(
    item: Item, around: Surroundings, *, ready: bool
) -> Iterator[Blocker]:
    known, standing = around.known, around.standing
    if around.unknown:
        yield _unknown(item)
    elif known is None and not _is_served_elsewhere(item, around):
        message = f"{item.destination} is not in the settings; nothing is sent to it"
        yield Blocker("not_configured", f"{message} until it is put back")
    if standing.disabled:
        yield _disabled(item, standing)
    if standing.held:
        yield Blocker("restored", HELD)
    absent = list(_absent(item, around))
    yield from absent
    # What a worker was handed before the gate closed may still be called.
    if item.state == "leased" and not ready:
        return
    gates = list(_gate(item, around, ready=ready))
    yield from gates
    stopped = standing.disabled or standing.held
    if not ready or known is None or stopped or gates or absent:
        return
    yield from _turn(item, known, around)


def _is_served_elsewhere(item: Item, around: Surroundings) -> bool:
    """Whether a living worker knows an endpoint which these settings do not have."""
    return around.workers is not None and item.destination.startswith(INGRAM_PREFIX)


def _unknown(item: Item) -> Blocker:
    name = item.destination.removeprefix(INGRAM_PREFIX)
    message = (
        f"no living worker knows endpoint {name}: put it into the workers' settings, or"
        f" drop what waits for it with `waybill endpoints forget {shlex.quote(name)}`"
    )
    return Blocker("unknown_endpoint", message)


def _absent(item: Item, around: Surroundings) -> Iterator[Blocker]:
    if around.known is not None and around.workers is not None:
        for message in obstacles(around.workers, item.destination):
            yield Blocker("unserved", message)


def _disabled(item: Item, standing: Standing) -> Blocker:
    name = item.destination.removeprefix(INGRAM_PREFIX)
    since = f" since {moment(standing.disabled_ms)}" if standing.disabled_ms else ""
    why = f" ({standing.disabled_why})" if standing.disabled_why else ""
    if name == item.destination:
        message = f"{name} is paused{since}{why} until `waybill resume {name}`"
        return Blocker("paused", message)
    message = f"{item.destination} is disabled{since}{why} until"
    return Blocker("disabled", f"{message} `waybill endpoints enable {name}`")


def _gate(item: Item, around: Surroundings, *, ready: bool) -> Iterator[Blocker]:
    """The gate as it will be at the item's moment."""
    gate, where = around.standing.gate, item.destination
    meets = max(item.due_ms or 0, around.now_ms)
    if gate.until_ms is not None and gate.until_ms > meets:
        message = f"{where} is not called until {moment(gate.until_ms)}: "
        message += closed_why(gate) + ("; then one call goes first" * gate.breaker)
        # Replicas that are missing are no matter of the destination's.
        message += f"; {opened_by(where)}" * (gate.why != "replicas")
        yield Blocker("gate", message, gate.until_ms)
    elif ready and gate.breaker and gate.probe_ms is not None:
        message = f"{where} is being tried with one call after its failures; the others"
        message += f" go when it is answered, or lost at {moment(gate.probe_ms)}"
        yield Blocker("probe", message, gate.probe_ms)
    if around.known is not None:
        yield from _pace(where, around.known, gate.paced_ms, meets)


def _pace(
    where: str, known: Destination, paced_ms: int | None, meets: int
) -> Iterator[Blocker]:
    if not known.interval_ms or paced_ms is None:
        return
    # As `gate_ask.lua` counts: calls may be spoken for one burst ahead.
    free_ms = int(paced_ms - known.interval_ms * (known.burst - 1))
    if free_ms > meets:
        rate = f"{known.calls_per_minute:g} calls a minute"
        message = f"{where} takes {rate}, which are spoken for until {moment(free_ms)}"
        yield Blocker("rate", message, free_ms)


def _turn(item: Item, known: Destination, around: Surroundings) -> Iterator[Blocker]:
    where, standing = item.destination, around.standing
    every = (standing.leased, *standing.elsewhere)
    is_full = leases_left(known.max_leased, every) <= 0
    if is_full:
        held = f"workers hold {sum(every)} items of {where}"
        message = f"{held}, as many as its limit allows"
        yield Blocker("limit", f"{message}; the next goes when one of them ends")
    if item.before:
        message = f"items of {where} that are due before it: {item.before}"
        yield Blocker("turn", message)
    late = (around.now_ms - (item.due_ms or 0)) / 1000
    if late > PROMPT_SECONDS and not is_full and not item.before:
        message = f"nobody has taken it for {span(late)}; does a worker run that serves"
        yield Blocker("overdue", f"{message} {where}, with Release?")
