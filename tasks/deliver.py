"""The deliveries of one hint, one after the other: begin, call, settle."""

from collections import deque
from collections.abc import Callable

from tasks.attempt import Attempt, attempt, judged, unreadable
from tasks.report import Report, Try
from tasks.services import Services
from tasks.work import (
    Begun,
    Claim,
    Delivery,
    Hint,
    Refused,
    Settlement,
    Unreadable,
)

Send = Callable[[Delivery], str]


def deliver(hint: Hint, services: Services, send: Send) -> Report:
    """Try every delivery of the hint that is still ours.

    It stops early, and hands back what it has not begun, when the worker is on its
    way out, when the destination's gate has closed, or when the leases of the rest
    would not outlast it.

    Args:
        hint: claims of one destination.
        services: the world.
        send: makes the call of one delivery; says how it was answered.
    """
    report, run = Report(), services.token()
    waiting = deque(hint.claims)
    until = services.monotonic() + services.hold_seconds
    begun = services.ledger.begin(hint, [waiting.popleft()], run)[0]
    while True:
        closed, settlement = False, None
        if isinstance(begun, Delivery):
            made = _try(begun, hint, services, send)
            report.outcomes[begun.claim.ref] = made.outcome
            told = Try(begun.order_number, begun.tries, made.said, made.ms)
            report.made[begun.claim.ref] = told
            closed = made.closed
            settlement = Settlement(begun.claim, made.outcome, made.said)
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
        services.ledger.settle(hint, run, [settlement])
    if waiting:
        services.ledger.hand_back(hint, list(waiting))
        report.handed_back = len(waiting)
    return report


def _try(delivery: Delivery, hint: Hint, services: Services, send: Send) -> Attempt:
    return attempt(services, hint.destination, delivery.tries, lambda: send(delivery))


def _unread(begun: Unreadable, hint: Hint, services: Services) -> Settlement:
    error = unreadable(begun.claim.ref, begun.why)
    outcome, said = judged(services, hint.destination, begun.tries, error)
    return Settlement(begun.claim, outcome, said)


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
