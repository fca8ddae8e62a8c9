"""Settings of one destination: its limits, and when its circuit breaker opens."""

from dataclasses import dataclass

from tasks.outcomes.retry import RetryPolicy


@dataclass(frozen=True, slots=True)
class Destination:
    """One place where calls go.

    Attributes:
        name: `westcon`, `deck` or `ingram/<endpoint>`.
        retry: pauses between attempts.
        max_leased: items that may be leased at once, over all workers.
        per_call: items that one call carries.
        soon_seconds: how much too early an item may fill a call that is not full.
        soon_share: the same as a share of the pause since its last look; the longer
            of the two counts.
        breaker_failures: failures in a row that open the breaker.
        breaker_seconds: how long it stays open before one probe.
        probe_seconds: after which a probe is taken for lost.
        calls_per_minute: over all workers, 0 for no limit.
        hold_after: items given up in a row after which it is paused, 0 for never.
        holds: whether a dead letter keeps those behind it in its lane waiting.
    """

    name: str
    retry: RetryPolicy
    max_leased: int
    breaker_failures: int
    breaker_seconds: float
    probe_seconds: float
    per_call: int = 1
    soon_seconds: float = 0.0
    soon_share: float = 0.0
    calls_per_minute: float = 0.0
    hold_after: int = 0
    holds: bool = False

    @property
    def interval_ms(self) -> float:
        """Milliseconds between two calls by the rate limit, 0 for none."""
        return 60_000 / self.calls_per_minute if self.calls_per_minute else 0.0

    @property
    def burst(self) -> int:
        """Calls that may start at once where the rate limit has been left unused."""
        return max(1, int(self.calls_per_minute / 60))
