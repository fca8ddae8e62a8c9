"""Retry schedule of a failed call: a readable list of pauses, with jitter."""

from dataclasses import dataclass

#: The share of a pause by which jitter may lengthen it. It never shortens one,
#: so that a partner's Retry-After is never undercut.
JITTER = 0.1


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """A destination's retry schedule.

    Attributes:
        pauses: seconds after the first, second, … failed attempt; n pauses mean
            n + 1 attempts.
        retry_after_max: the most seconds of a Retry-After that are honoured.
        throttled_waits: whether a 429 with Retry-After gives its attempt back.
    """

    pauses: tuple[float, ...]
    retry_after_max: float
    throttled_waits: bool = False

    @property
    def attempts(self) -> int:
        return len(self.pauses) + 1

    @property
    def longest(self) -> float:
        """The most seconds between two attempts, jitter and Retry-After included."""
        return max((*self.pauses, self.retry_after_max)) * (1.0 + JITTER)


def pause_after(
    attempts: int, policy: RetryPolicy, retry_after: float | None, dice: float
) -> float | None:
    """Seconds until the next attempt, or None when there is none left.

    Args:
        attempts: how many attempts have begun, at least 1.
        policy: the destination's pauses.
        retry_after: seconds the partner asked for, honoured up to the cap.
        dice: a number in [0, 1) for the jitter.
    """
    if attempts > len(policy.pauses):
        return None
    asked = min(retry_after or 0.0, policy.retry_after_max)
    longest = max(policy.pauses[attempts - 1], asked)
    return longest * (1.0 + JITTER * dice)
