"""Deliveries of one hint in turn, at-least-once: begin, call, settle."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from tasks.execution.attempt import Attempt, attempt, caught, judged, noted, unreadable
from tasks.execution.report import MadeAttempt, Report
from tasks.ledger_values import (
    Begun,
    Claim,
    Delivery,
    Hint,
    Refused,
    Settlement,
    Unreadable,
)
from tasks.outcomes.errors import NotYet
from tasks.outcomes.outcome import Again, Done, GiveUp
from tasks.services import Services

Send = Callable[[Delivery], str]
#: The delivery as it is sent; or why nothing is sent, with which it is done.
Ready = Callable[[Delivery], Delivery | str]


@dataclass(frozen=True, slots=True)
class _Turn:
    """One hint under way: its run, and how its deliveries are made ready and sent."""

    hint: Hint
    services: Services
    run: str
    ready: Ready
    send: Send


def deliver(
    hint: Hint, services: Services, send: Send, ready: Ready = lambda one: one
) -> Report:
    """Try every delivery of the hint that is still ours.

    It stops early, and hands back what it has not begun, when the worker is on its
    way out, when the destination's gate has closed, or when the leases of the rest
    would not outlast it.

    Args:
        hint: claims of one destination.
        services: the world.
        send: makes the call of one delivery; returns how it was answered.
        ready: makes ready what is sent, where that is not what was kept; it calls
            nobody, and what it makes is stored before the first call.
    """
    report, run = Report(), hint.run or services.token()
    turn = _Turn(hint, services, run, ready, send)
    waiting = deque(hint.claims)
    until = services.monotonic() + services.hold_seconds
    begun = services.ledger.begin(hint, [waiting.popleft()], run)[0]
    while True:
        closed, settlement = False, None
        if isinstance(begun, Delivery):
            made = _attempt(turn, begun)
            report.outcomes[begun.claim.ref] = made.outcome
            report.made[begun.claim.ref] = MadeAttempt(
                begun.order_number, begun.attempts, made.result, made.ms, begun
            )
            closed = made.closed
            settlement = Settlement(begun.claim, made.outcome, made.result)
        elif isinstance(begun, Unreadable):
            settlement = _unread(begun, hint, services)
            report.outcomes[begun.claim.ref] = settlement.outcome
        elif isinstance(begun, Refused):
            report.refuse(begun)
        late = services.monotonic() > until or services.stopping()
        if not waiting or closed or late:
            break
        begun = _next(hint, services, settlement, waiting.popleft(), run)
    if settlement is not None:
        report.more_due = services.ledger.settle(hint, run, [settlement])
    if waiting:
        services.ledger.hand_back(hint, list(waiting))
        report.handed_back = len(waiting)
    return report


def _attempt(turn: _Turn, delivery: Delivery) -> Attempt:
    services, destination = turn.services, turn.hint.destination
    made = caught(lambda: turn.ready(delivery))
    if isinstance(made, Delivery):
        made = _stored(turn, delivery, made)
    if isinstance(made, Delivery):
        sent = made
        tried = attempt(services, destination, sent.attempts, lambda: turn.send(sent))
        noted(services, "end", lambda: services.ends.note(destination, tried.outcome))
        return tried
    # The gate has allowed a call that is not made; if it was a probe, another may go.
    noted(services, "gate", lambda: services.gates.unused(destination))
    if isinstance(made, str):
        return Attempt(Done(), made)
    outcome, result = judged(services, destination, delivery.attempts, made)
    if isinstance(outcome, Again | GiveUp):
        outcome = replace(outcome, ambiguous=False)
    return Attempt(outcome, result)


def _stored(turn: _Turn, kept: Delivery, made: Delivery) -> Delivery | NotYet:
    """What is sent, once the ledger has it: each later attempt sends the same bytes."""
    if made is kept:
        return made
    body = turn.services.ledger.render(turn.hint, kept, turn.run, made.payload)
    if body is None:
        return NotYet("another worker has it", code="fenced", after=0.0)
    return replace(made, payload=body)


def _unread(begun: Unreadable, hint: Hint, services: Services) -> Settlement:
    error = unreadable(begun.claim.ref, begun.why)
    outcome, result = judged(services, hint.destination, begun.attempts, error)
    return Settlement(begun.claim, outcome, result)


def _next(
    hint: Hint,
    services: Services,
    settlement: Settlement | None,
    following: Claim,
    run: str,
) -> Begun:
    """Begin the next delivery, in the round trip that settles the one before."""
    if settlement is None:
        return services.ledger.begin(hint, [following], run)[0]
    return services.ledger.settle_and_begin(hint, settlement, following, run)
