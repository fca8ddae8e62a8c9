"""Outcome of an attempt, and the one place where an error becomes one."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from serializers.errors import DecodeError, EncodeError
from tasks.outcomes.errors import (
    Gone,
    NotYet,
    PartnerError,
    PermanentError,
    Throttled,
    TransientError,
)
from tasks.outcomes.retry import RetryPolicy, pause_after

#: What leaves a send in doubt: a gateway that answered in the partner's place (5xx,
#: 408), or an answer that did not come, or that nobody can read.
Cause = Literal["gateway", "lost"]

_GATEWAY: Final = re.compile(r"http_(?:408|5[0-9]{2})")

#: What is known not to have been delivered: nothing was sent, or the partner itself has
#: refused it. A link that was taken and not seen yet is only looked for again.
_NOT_DELIVERED: Final = re.compile(
    r"connect|dns|tls|certificate|proxy(?:_.*)?"
    r"|record|encode"
    r"|http_[34][0-9]{2}|deck_.*"
    r"|read_back(?:_.*)?",
    re.DOTALL,
)


def cause_of(code: str) -> Cause | None:
    """What leaves it in doubt; None where a send is known not to have been delivered.

    Any failure that is not on the list may have come behind the first byte, so that
    a kind of failure which nobody has thought of is counted too.
    """
    if _GATEWAY.fullmatch(code):
        return "gateway"
    return None if _NOT_DELIVERED.fullmatch(code) else "lost"


#: The code of a link that was taken, and could not be seen to have arrived.
READ_BACK: Final = "read_back"

#: How a change ends of which the endpoint wants no part: nobody is called.
NOT_WANTED: Final = "not wanted"


def read_back_code(code: str = "") -> str:
    """Name a failure after the link was taken; `code` is why it could not be seen."""
    return f"{READ_BACK}_{code}" if code else READ_BACK


def was_taken(failed: str) -> bool:
    """Whether a delivery whose last attempt failed with this code was taken by DECK."""
    return failed.startswith(READ_BACK)


@dataclass(frozen=True, slots=True)
class Done:
    """It happened; it will never be done again."""


@dataclass(frozen=True, slots=True)
class Again:
    """It failed and comes again; the attempt counts.

    Attributes:
        ambiguous: whether the call may have arrived, see `cause_of`.
    """

    after: float
    reason: str
    code: str
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Later:
    """It waits without counting the attempt.

    Attributes:
        failed: whether the destination has failed or refused, and not the item alone
            waits.
    """

    after: float
    reason: str
    code: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It becomes a dead letter."""

    reason: str
    code: str
    ambiguous: bool = False


Outcome = Done | Again | Later | GiveUp


def judge(error: Exception, attempts: int, policy: RetryPolicy, dice: float) -> Outcome:
    """Turn what went wrong into what happens next.

    Args:
        error: what the call raised.
        attempts: how many attempts of this item have begun, this one included.
        policy: the destination's pauses and its cap on Retry-After.
        dice: a number in [0, 1) for the jitter.
    """
    match error:
        case NotYet(shared=shared):
            failed = shared or isinstance(error, Gone)
            return Later(error.after, str(error), error.code, failed)
        case Throttled(retry_after=float() | int() as asked) if (
            # "Wait for 0 s" that costs no attempt would be asked again without end.
            policy.throttled_waits and asked > 0
        ):
            rest = min(asked, policy.retry_after_max)
            return Later(rest, str(error), error.code, failed=True)
        case PermanentError():
            return GiveUp(str(error), error.code)
        case DecodeError():
            return GiveUp(str(error), "decode")
        case _:
            return _again(error, attempts, policy, dice)


def _again(
    error: Exception, attempts: int, policy: RetryPolicy, dice: float
) -> Outcome:
    """The next attempt, or the end of attempts.

    An error that is none of ours is a defect: it backs off like any failure, so
    that a mended release finds the work still here.
    """
    reason, code = reason_of(error)
    asked = error.retry_after if isinstance(error, TransientError) else None
    ambiguous = cause_of(code) is not None
    pause = pause_after(attempts, policy, asked, dice)
    if pause is None:
        return GiveUp(f"{reason} (the last of {attempts} attempts)", code, ambiguous)
    return Again(pause, reason, code, ambiguous)


def reason_of(error: Exception) -> tuple[str, str]:
    """Why an item failed, and the code that alike failures share.

    An error that is none of ours is named without its text, which may hold anything.
    """
    match error:
        case PartnerError():
            return str(error), error.code
        case DecodeError():
            return str(error), "decode"
        case EncodeError():
            return str(error), "encode"
        case _:
            code = type(error).__name__
            return f"unexpected {code}", code
