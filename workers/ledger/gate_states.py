"""How the gates stand, for who looks and changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

import redis

from workers.ledger import keys
from workers.ledger.answers import number, text


@dataclass(frozen=True, slots=True)
class GateState:
    """One destination's gate.

    Attributes:
        until_ms: UTC ms before which nothing is claimed, None when it is open.
        breaker: whether the breaker has opened; with an open gate, one probe at a
            time goes through.
        failures: in a row, so far.
        why: the code of what closed it, "" when its breaker did.
    """

    until_ms: int | None = None
    breaker: bool = False
    failures: int = 0
    why: str = ""


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
        pipeline.hmget(keys.gate(name), "until", "open", "failures", "why")
    return {
        name: _state(answer, now_ms)
        for name, answer in zip(names, pipeline.execute(), strict=True)
    }


def _state(fields: list[bytes | None], now_ms: int) -> GateState:
    until, opened, failures, why = fields
    ends = number(until)
    return GateState(
        until_ms=ends if ends > now_ms else None,
        breaker=opened is not None,
        failures=number(failures),
        why=text(why),
    )
