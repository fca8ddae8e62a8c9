"""Destination from the limits that every partner's settings have."""

from tasks.destination import Destination
from workers.fields.partner import Partner


def destination(
    name: str, own: Partner, max_leased: int, rate: float, lease: float
) -> Destination:
    """A destination of a partner; `lease` in seconds bounds its breaker's probe."""
    return Destination(
        name=name,
        retry=own.retry,
        max_leased=max_leased,
        breaker_failures=own.breaker_failures,
        breaker_seconds=own.breaker_seconds,
        probe_seconds=lease,
        calls_per_minute=rate,
    )
