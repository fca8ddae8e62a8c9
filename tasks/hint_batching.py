"""Batching of claims into hints: many where calls are quick, else few."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from tasks.ledger_values import Claim, Hint

#: About how much work one hint should carry, in seconds. A message costs about a
#: millisecond of CPU, so this much work hides it; an order that comes alone still
#: travels alone.
WORK_SECONDS = 0.05

#: Never more items in a hint than this, however quick the destination is.
MOST = 50


@dataclass(frozen=True, slots=True)
class Pace:
    """What is known of a destination when its claims are parcelled.

    Attributes:
        seconds: how long a call takes, lately.
        per_call: items one call carries.
        slots: how many hints this worker can have under way.
    """

    seconds: float
    per_call: int
    slots: int


def best_hint_size(items: int, pace: Pace) -> int:
    """Items per hint: enough work to be worth a message, spread over the slots."""
    calls = ceil(items / pace.per_call)
    quick = int(WORK_SECONDS / max(pace.seconds, 0.001))
    spread = ceil(calls / pace.slots)
    return max(1, min(max(quick, spread), MOST)) * pace.per_call


def merged(hints: Iterable[Hint]) -> list[Hint]:
    """One hint per destination and partition, claims in the order they came."""
    claims: defaultdict[tuple[str, int], list[Claim]] = defaultdict(list)
    for hint in hints:
        claims[hint.destination, hint.partition].extend(hint.claims)
    return [Hint(d, p, tuple(found)) for (d, p), found in claims.items()]


def hints_of_size(hint: Hint, size: int) -> list[Hint]:
    """The hint cut into hints of at most `size` claims."""
    return [
        Hint(hint.destination, hint.partition, hint.claims[n : n + size])
        for n in range(0, len(hint.claims), size)
    ]
