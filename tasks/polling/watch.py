"""Poll of orders one by one, where a partner's answer concerns its own watch alone.

Such a partner keeps what it saw in the watch, not in the order's record: its looks need
no comparison with what other partners or the ERP report meanwhile.
"""

from collections import deque
from dataclasses import dataclass
from typing import Protocol

from serializers.order_record import Order
from serializers.timeline.codes import Code, Note, note
from tasks.execution.attempt import Attempt, attempt, judged, noted, unreadable
from tasks.execution.report import MadeAttempt, Report
from tasks.ledger_values import (
    Advance,
    Claim,
    Hint,
    Look,
    Refused,
    Settlement,
    Unreadable,
    WriteResult,
)
from tasks.outcomes.outcome import Outcome
from tasks.polling.pace import JITTER
from tasks.services import Services


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one look saw.

    Attributes:
        seen: what the watch keeps, for the next look; never empty.
        after: seconds until the next look, None when the watch ends.
        result: how the partner answered ("http 200").
        news: what the order's timeline is to have, "" for nothing new.
    """

    seen: bytes
    after: float | None
    result: str
    news: str = ""


class Watched(Protocol):
    """A partner at which orders are watched one by one."""

    def look(self, order: Order, seen: bytes) -> Sighting:
        """Look at an order; `seen` is b"" for the first time. Raises PartnerError."""


@dataclass(frozen=True, slots=True)
class _Turn:
    watched: Watched
    hint: Hint
    services: Services
    report: Report
    run: str


def watch(watched: Watched, hint: Hint, services: Services) -> Report:
    """Look at the orders of one hint that are still ours, a call for each.

    It stops early, and hands back what it has not begun, as `deliver` does.

    Args:
        watched: who is asked.
        hint: claims of its watches.
        services: the world.
    """
    run = hint.run or services.token()
    turn = _Turn(watched, hint, services, Report(), run)
    until = services.monotonic() + services.hold_seconds
    waiting = deque(hint.claims)
    while waiting:
        closed = _turn_to(turn, waiting.popleft())
        if closed or services.monotonic() > until or services.stopping():
            break
    if waiting:
        services.ledger.hand_back(hint, list(waiting))
        turn.report.handed_back = len(waiting)
    return turn.report


def _turn_to(turn: _Turn, claim: Claim) -> bool:
    """Look at one order; whether the gate has closed."""
    (begun,) = turn.services.ledger.begin(turn.hint, [claim], turn.run)
    match begun:
        case Refused():
            turn.report.refuse(begun)
        case Unreadable():
            _fail(turn, begun, unreadable(claim.ref, begun.why))
        case Look():
            return _look(turn, begun)
    return False


def _look(turn: _Turn, look: Look) -> bool:
    services, found = turn.services, list[Sighting]()

    def call() -> str:
        found.append(turn.watched.look(look.order, look.seen))
        return found[0].result

    destination = turn.hint.destination
    made = attempt(services, destination, look.attempts, call)
    noted(services, "end", lambda: services.ends.note(destination, made.outcome))
    if found:
        _advance(turn, look, found[0], made)
    else:
        _settle(turn, look.claim, made.outcome, made.result)
    turn.report.made[look.claim.ref] = MadeAttempt(
        look.order.number, look.attempts, made.result, made.ms
    )
    return made.closed


def _advance(turn: _Turn, look: Look, seen: Sighting, made: Attempt) -> None:
    """Record what was seen, and when the next look is."""
    spread = 1 + JITTER * (2 * turn.services.dice() - 1)
    advance = Advance(
        look.claim,
        look.order.name,
        version=-1,
        order=None,
        next_look=None if seen.after is None else seen.after * spread,
        notes=_notes(turn.hint.destination, seen),
        seen=seen.seen,
    )
    (written,) = turn.services.ledger.advance(turn.hint, turn.run, [advance])
    turn.report.more_due = written.more
    if written.verdict is WriteResult.FAULTY:
        _fail(turn, look, unreadable(look.claim.ref, written.fault))
    else:
        turn.report.outcomes[look.claim.ref] = made.outcome


def _notes(destination: str, seen: Sighting) -> tuple[Note, ...]:
    return (note(Code.SIGHTED, destination, seen.news),) if seen.news else ()


def _fail(turn: _Turn, one: Look | Unreadable, error: Exception) -> None:
    outcome, text = judged(turn.services, turn.hint.destination, one.attempts, error)
    _settle(turn, one.claim, outcome, text)


def _settle(turn: _Turn, claim: Claim, outcome: Outcome, text: str) -> None:
    turn.report.outcomes[claim.ref] = outcome
    settlement = Settlement(claim, outcome, text)
    more = turn.services.ledger.settle(turn.hint, turn.run, [settlement])
    turn.report.more_due = more
