"""How the gates stand, for who looks and changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import redis

from workers.ledger import keys
from workers.redis.answers import number, text

#: What is read of a gate, in the order in which `gate_state` takes it.
FIELDS = ("until", "open", "failures", "why", "probe", "paced")


@dataclass(frozen=True, slots=True)
class GateState:
    """One destination's gate.

    Attributes:
        until_ms: UTC ms before which nothing is claimed, None when it is open.
        breaker: whether the breaker has opened; with an open gate, one probe at a
            time goes through.
        failures: in a row, so far.
        why: the code of what closed it, "" when its breaker did.
        probe_ms: UTC ms until which the probe is out, None when none is.
        paced_ms: UTC ms up to which the rate limit's calls are spoken for, None when
            the next may start at once.
    """

    until_ms: int | None = None
    breaker: bool = False
    failures: int = 0
    why: str = ""
    probe_ms: int | None = None
    paced_ms: int | None = None


def gate_states(
    client: "redis.Redis", destinations: Iterable[str], now_ms: int
) -> dict[str, GateState]:
    """The gates by destination; raises redis.RedisError.

    Args:
        client: of the ledger.
        destinations: whose gates.
        now_ms: UTC ms of Redis' clock.
    """
    names = list(destinations)
    pipeline = client.pipeline(transaction=False)
    for name in names:
        pipeline.hmget(keys.gate(name), FIELDS)
    return {
        name: gate_state(answer, now_ms)
        for name, answer in zip(names, pipeline.execute(), strict=True)
    }


def gate_state(fields: Sequence[bytes | None], now_ms: int) -> GateState:
    """A gate from its `FIELDS`."""
    until, opened, failures, why, probe, paced = fields
    return GateState(
        until_ms=_ahead(until, now_ms),
        breaker=opened is not None,
        failures=number(failures),
        why=text(why),
        probe_ms=_ahead(probe, now_ms),
        paced_ms=_ahead(paced, now_ms),
    )


def _ahead(moment: bytes | None, now_ms: int) -> int | None:
    """UTC ms, None when they are over."""
    ms = number(moment)
    return ms if ms > now_ms else None
