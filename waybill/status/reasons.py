"""Reasons why the ledger is not well, as text; pure."""

import shlex
from collections.abc import Iterator

from tasks.planning.rules import INGRAM_PREFIX
from tasks.restore_detection import Kind
from waybill.console import amount, moment, span
from waybill.status.differing import differences
from waybill.status.served import absences, strangers
from waybill.status.snapshot import StatusSnapshot
from workers.fields.names import nearest
from workers.ledger.endpoints.unknown import Waiting
from workers.ledger.layout.layout import Layout
from workers.ledger.restore.findings import ACCEPT, HELD, Found
from workers.ledger.stream.account import Losses
from workers.ledger.views.gates import GateState
from workers.ledger.views.overview import DestinationState
from workers.ledger.views.result_streams import ResultStream

#: Work that waits longer past its moment than this is not well.
LATE_SECONDS = 300.0

#: Destinations that one reason names.
NAMED = 3


def reasons(seen: StatusSnapshot) -> Iterator[str]:
    """Every reason for an operator to act, with what to do."""
    if seen.missing is not None:
        yield f"{seen.missing}; `waybill doctor` checks it"
    yield from (f"{one}; check it with `waybill doctor`" for one in seen.unfit)
    if seen.restored.held:
        yield HELD
    yield from map(restore_text, seen.restored.found)
    yield from strangers(seen.workers, seen.deployment)
    yield from absences(seen.workers, sorted(seen.configured))
    for name, waiting in seen.unknown.items():
        yield unknown_text(name, waiting, seen)
    for one in differences(seen.workers):
        if one.lasts:
            yield f"{one}; {one.advice()}, and check them with `waybill doctor`"
    if seen.overview.dead:
        yield (
            f"dead letters that wait for a decision: {seen.overview.dead}; see"
            " `waybill dead-letters list`"
        )
    yield from (one.reason for one in seen.comparisons if one.reason)
    yield from _left(seen)
    if seen.overview.losses.open:
        yield loss_text(seen.overview.losses)
    waited = seen.overview.oldest_event_seconds
    if waited > LATE_SECONDS:
        yield (
            f"an event has waited in the stream for {span(waited)}; does a worker"
            " run with Intake? Start one with `celery -A workers worker`"
        )
    yield from _without_replicas(seen)
    yield from map(results_text, seen.unread)
    for state in seen.overview.destinations.values():
        yield from _of_destination(state, seen)


def _left(seen: StatusSnapshot) -> Iterator[str]:
    """That a repartition was begun, and nobody goes on with it."""
    if seen.layout is not None and seen.layout.is_moving and not seen.mover:
        yield moving_text(seen.layout, "")


def results_text(one: ResultStream) -> str:
    """Which consumer group keeps results from going, and what to do."""
    return (
        f"{one.entries} results are kept, since group {one.slowest} has not read and"
        f" acknowledged them (from {one.kept_from} on); from"
        " WAYBILL_RESULTS__MAX_UNREAD on the oldest are dropped: have it read, or"
        " delete the group (XGROUP DESTROY); `waybill results` shows them"
    )


def apply_command(goal: int) -> str:
    """The command that goes on with a repartition."""
    return f"waybill partitions apply {goal}"


def moving_text(layout: Layout, mover: str) -> str:
    """That orders are being moved, and by whom; or how that goes on."""
    what = f"the ledger is on its way into {amount(layout.goal, 'partition')}"
    what += f" ({layout.stage})"
    if mover:
        return f"{what}; {mover} is at it"
    return (
        f"{what}, and nobody moves its orders; `{apply_command(layout.goal)}` goes on"
    )


def loss_text(losses: Losses) -> str:
    """What was lost of the stream, and what to do."""
    least = "" if losses.is_exact else "at least "
    when = "" if losses.last_ms is None else f" (noticed {moment(losses.last_ms)})"
    return (
        f"events were dropped from the stream before they were admitted: {least}"
        f"{losses.open}{when}; have the ERP write without MAXLEN and publish them"
        " again, then run `waybill doctor --accept-gap`"
    )


def unknown_text(name: str, waiting: Waiting, seen: StatusSnapshot) -> str:
    """What waits for an endpoint that no living worker knows, and what to do."""
    endpoints = [n.removeprefix(INGRAM_PREFIX) for n in seen.configured]
    near = "" if name in endpoints else nearest(name, endpoints)
    meant = f" (is {near} meant?)" if near else ""
    lapses = ""
    if seen.unknown_after:
        lapses = f"; each becomes a dead letter {span(seen.unknown_after)} after it was"
        lapses += " made"
    return (
        f"no living worker knows endpoint {name}{meant}, and notifications wait for it:"
        f" {waiting}; put it into the workers' settings, or drop them with `waybill"
        f" endpoints forget {shlex.quote(name)}`{lapses}"
    )


def restore_text(found: Found) -> str:
    """What was found of a restore, and what to do."""
    again = f"have the ERP publish again what it sent since, then run `{ACCEPT}`"
    if found.kind in {Kind.CLOCK_BACK, Kind.CLOCK_AHEAD}:
        again = f"see to the clock of Redis' host, then run `{ACCEPT}`"
    return f"{found.message} (noticed {moment(found.at_ms)}); {again}"


def _of_destination(state: DestinationState, seen: StatusSnapshot) -> Iterator[str]:
    gate = seen.gates.get(state.name, GateState())
    if state.disabled:
        name = state.name.removeprefix(INGRAM_PREFIX)
        ours = name != state.name
        enable = f"until `waybill {'endpoints enable' if ours else 'resume'} {name}`"
        why = seen.disabled_why.get(state.name, "")
        what = f"{'disabled' if ours else 'paused'}{why and f' ({why})'}"
        yield f"{state.name} is {what}: nothing is sent {enable}"
    if gate.until_ms is not None:
        until = moment(gate.until_ms)
        why = closed_why(gate)
        yield f"{state.name} is not called until {until}: {why}; {_go_on(state.name)}"
    # What is disabled, or waits at its gate, is late for a reason reported already.
    name = state.name.removeprefix(INGRAM_PREFIX)
    unsent = state.disabled or gate.until_ms is not None or seen.restored.held
    excused = unsent or name in seen.unknown
    if state.overdue_seconds > LATE_SECONDS and not excused:
        cause = "do enough workers run with Release? Start more with `celery -A"
        cause += " workers worker`"
        if state.name not in seen.configured:
            cause = "it is not in the settings of this command; compare them with"
            cause += " the workers', then `waybill doctor`"
        late = span(state.overdue_seconds)
        yield f"{state.name} has had work due for {late}; {cause}"


def _without_replicas(seen: StatusSnapshot) -> Iterator[str]:
    """Where a start was not confirmed, as one reason: it has one cause."""
    names = list(map(str, seen.resting))
    if names:
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        some = ", ".join(names[:NAMED]) + more
        yield (
            f"replicas are missing, so nothing is sent of partition {some}: they have"
            " not confirmed the start of a call (WAYBILL_DURABILITY); it goes on by"
            " itself when they are back, and `waybill doctor` states how many are there"
        )


def _go_on(name: str) -> str:
    """Where to go on from a gate that is closed, which opens by itself in the end."""
    look = "doctor"
    if name.startswith(INGRAM_PREFIX):
        look = f"endpoints test {shlex.quote(name.removeprefix(INGRAM_PREFIX))}"
    return f"look into it with `waybill {look}`; {opened_by(name)}"


def opened_by(name: str) -> str:
    """How a person has one call go before a gate's time, once its cause is mended."""
    command = f"`waybill gate open {shlex.quote(name)}`"
    return f"{command} has one call go at once, when that is mended"


_CLOSED_BY = {
    "subscription_key": "it refuses the subscription key; look at"
    " WAYBILL_WESTCON__SUBSCRIPTION_KEY",
    "shut_out": "it lets no call in; look at WAYBILL_WESTCON__BASE_URL, and at what"
    " your API product includes",
    "token_refused": "it refuses our credentials; the workers' log names the settings"
    " to look at",
    "token_unavailable": "its token endpoint gives no token",
    "http_403": "the quota of calls is used up (403)",
    "http_429": "it asked to wait (429)",
    "replicas": "too few replicas confirm what begins (WAYBILL_DURABILITY); see"
    " `waybill doctor`",
    "certificate": "a certificate file of ours cannot be read; look at its partner's"
    " CA_FILE, and at the endpoint's own files",
    "proxy": "our proxy is not reached or is none; look at its partner's PROXY setting",
    "proxy_407": "our proxy wants another user or password; look at its partner's PROXY"
    " setting",
}


def closed_why(gate: GateState) -> str:
    """Why a gate is closed."""
    if gate.why in _CLOSED_BY:
        return _CLOSED_BY[gate.why]
    if gate.why.startswith("proxy_"):
        status = gate.why.removeprefix("proxy_")
        return f"our proxy refuses to connect to it ({status}); have it allowed there"
    if gate.breaker and not gate.why:
        return f"the breaker opened after {gate.failures} failures in a row"
    return "it asked to wait, or there is no token for it"


def gate_word(gate: GateState) -> str:
    """A gate in a table's cell."""
    if gate.until_ms is not None:
        return f"closed until {moment(gate.until_ms)} ({closed_why(gate)})"
    if gate.breaker:
        return "half open: one call at a time probes it"
    return "open"
