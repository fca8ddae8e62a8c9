"""Percentiles by nearest rank."""

import math
from collections.abc import Sequence


def percentile(ascending: Sequence[float], percent: float) -> float:
    """The smallest value that so many per cent of all values do not exceed.

    Raises:
        ValueError: there are no values.
    """
    if not ascending:
        raise ValueError("no values, no percentile")
    rank = math.ceil(percent / 100 * len(ascending))
    return ascending[max(rank, 1) - 1]
