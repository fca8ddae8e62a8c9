"""How orders live, as a distribution: when each of them changes, and how it ends.

Westcon publishes no such figures. These are argued in docs/performance.md; change them
here and see what the schedule makes of it.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Step:
    """How long an order stands before its next change: log-normal.

    Attributes:
        median: seconds.
        spread: of the logarithm; with 1.0 one in six takes 2.7 times the median.
        chance: the share of orders that have this change at all.
    """

    median: float
    spread: float
    chance: float = 1.0

    def drawn(self, dice: random.Random) -> float:
        """Seconds until the change, at least one."""
        return max(1.0, dice.lognormvariate(math.log(self.median), self.spread))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of order.

    Attributes:
        share: of all orders.
        steps: the changes from the order's placing on.
        ends: whether the last is final; where not, the order stands until patience
            runs out.
    """

    name: str
    share: float
    steps: tuple[Step, ...]
    ends: bool = True


#: Westcon takes an order over within minutes: its lines appear as scheduled.
_TAKEN_OVER = Step(15 * MINUTE, 1.0)

KINDS = (
    Kind(
        "licences",
        0.12,
        (Step(10 * MINUTE, 1.0), Step(3 * HOUR, 1.2)),
    ),
    Kind(
        "from stock",
        0.53,
        (_TAKEN_OVER, Step(20 * HOUR, 0.7), Step(6 * HOUR, 0.8)),
    ),
    Kind(
        "back-ordered",
        0.25,
        (
            _TAKEN_OVER,
            Step(4 * HOUR, 1.0),
            Step(12 * DAY, 0.9),
            Step(6 * DAY, 1.0, chance=0.4),
            Step(8 * HOUR, 0.8),
        ),
    ),
    Kind(
        "built to order",
        0.09,
        (
            _TAKEN_OVER,
            Step(3 * DAY, 0.8),
            Step(30 * DAY, 0.5),
            Step(4 * DAY, 0.8, chance=0.5),
            Step(1 * DAY, 0.8),
        ),
    ),
    Kind("forgotten", 0.01, (_TAKEN_OVER, Step(2 * DAY, 1.0)), ends=False),
)


@dataclass(frozen=True, slots=True)
class Life:
    """One order.

    Attributes:
        placed: seconds of the virtual clock.
        changes: seconds of the virtual clock, ascending.
        ends: whether the last change is final.
    """

    placed: float
    changes: tuple[float, ...]
    ends: bool


def lives(orders: int, span: float, dice: random.Random) -> Iterator[Life]:
    """So many orders, placed evenly over so many seconds."""
    for n in range(orders):
        (kind,) = dice.choices(KINDS, [kind.share for kind in KINDS])
        placed = at = span * (n + dice.random()) / orders
        changes = []
        for step in kind.steps:
            if dice.random() < step.chance:
                at += step.drawn(dice)
                changes.append(at)
        yield Life(placed, tuple(changes), kind.ends)
