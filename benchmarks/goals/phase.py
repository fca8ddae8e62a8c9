"""A stretch of steady feeding: how late each order is, and what all of it costs."""

import math
import time
from collections.abc import Callable

from benchmarks import feed
from benchmarks.meter import Spent, spent
from benchmarks.stage import Stage

#: Seconds that a contender has to catch up when the events have ended; what has not
#: arrived by then counts as infinitely late.
CATCH_UP = 20.0
#: Seconds after the last notification that are counted too: somebody acknowledges.
SETTLE = 1.0


def fed(
    ready: Stage,
    orders: tuple[str, ...],
    rate: float,
    write: Callable[[str], bytes] = feed.placed,
) -> tuple[list[float], Spent]:
    """Feed steadily; the milliseconds of each order, ascending, and what all cost.

    Raises:
        RuntimeError: a process ended, or a notification was wrongly signed.
    """
    before = spent(ready)
    published = feed.steady(ready.stream, orders, rate, write)
    ready.served(orders, CATCH_UP)
    time.sleep(SETTLE)
    cost = spent(ready).since(before)
    # The stand-ins' monotonic clock is ours: both run on this machine.
    at = {order: one.at for order, one in ready.standins.arrivals().items()}
    late = (
        1_000 * (at.get(order, math.inf) - sent) for order, sent in published.items()
    )
    return sorted(late), cost
