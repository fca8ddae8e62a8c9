"""Single attempt of a call: its outcome, and its report to the destination's gate."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from serializers.errors import DecodeError
from tasks.outcomes.errors import (
    NotYet,
    PartnerError,
    Throttled,
    TransientError,
    Unavailable,
)
from tasks.outcomes.outcome import Done, Outcome, judge
from tasks.services import Services

T = TypeVar("T")

#: After so many seconds of rest one call goes first: a refused key or a spent quota
#: may be no better, and a whole queue would find that out at once.
PROBE_FROM = 60.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt ended.

    Attributes:
        outcome: what becomes of the item.
        result: how it was answered ("http 200"), for history and timeline.
        closed: whether nobody may call this destination now.
        ms: how long the call took.
    """

    outcome: Outcome
    result: str
    closed: bool = False
    ms: int = 0


def attempt(
    services: Services, destination: str, attempts: int, call: Callable[[], str]
) -> Attempt:
    """Make one call, judge it, and report to the gate."""
    began = services.monotonic()
    result = caught(call)
    ms = int((services.monotonic() - began) * 1000)
    if isinstance(result, Exception):
        closed = noted(
            services, "gate", lambda: report_to_gate(services, destination, result)
        )
        outcome, word = judged(services, destination, attempts, result)
        return Attempt(outcome, word, closed or False, ms)
    noted(services, "gate", lambda: services.gates.served(destination))
    return Attempt(Done(), result, ms=ms)


def caught(call: Callable[[], T]) -> T | Exception:
    """The call's answer or what it raised: whatever happens gets an outcome."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001 (an outcome is decided from it)
        return error


def noted(services: Services, what: str, note: Callable[[], T]) -> T | None:
    """Note beside a call what it taught; None, and a report, where that fails.

    What became of the call is known by then: a note that fails must not have it made
    again.
    """
    answer = caught(note)
    if not isinstance(answer, Exception):
        return answer
    failure = answer
    caught(lambda: services.unnoted(what, failure))
    return None


def judged(
    services: Services, destination: str, attempts: int, error: Exception
) -> tuple[Outcome, str]:
    """The outcome of an error, and the word for it in history and timeline."""
    policy = services.policies[destination]
    outcome = judge(error, attempts, policy, services.dice())
    match error:
        case PartnerError():
            return outcome, error.code
        case DecodeError():
            return outcome, "decode"
        case _:
            return outcome, "unexpected"


def unreadable(ref: str, why: str) -> TransientError:
    """Wait for a release that can read the item; give up when none comes."""
    return TransientError(f"the record of {ref}: {why}", code="record")


def report_to_gate(services: Services, destination: str, error: Exception) -> bool:
    """What an error means for everybody's calls; whether the gate is closed now."""
    gates = services.gates
    match error:
        case Unavailable(retry_after=asked):
            closed = gates.failed(destination, error.code) > 0
            return _close(services, destination, asked, error) or closed
        case Throttled(retry_after=asked):
            return _close(services, destination, asked, error)
        case NotYet(shared=True, after=after):
            return _close(services, destination, after, error)
        case PartnerError():
            gates.served(destination)
    return False


def _close(
    services: Services, destination: str, seconds: float | None, error: PartnerError
) -> bool:
    if not seconds:
        return False
    rest = min(seconds, services.policies[destination].retry_after_max)
    probe = rest >= PROBE_FROM
    services.gates.close(destination, rest, error.code, probe=probe)
    return True
