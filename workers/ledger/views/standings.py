"""How destinations stand as an item meets them: gate, mark, limit of leases."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import redis

from tasks.planning.rules import INGRAM_PREFIX
from workers.ledger import keys
from workers.ledger.views.gates import FIELDS, GateState, gate_state
from workers.redis.answers import number, text


@dataclass(frozen=True, slots=True)
class Standing:
    """One destination as the items of one partition meet it.

    Attributes:
        gate: whether it may be called.
        disabled: whether nothing is sent to it.
        disabled_ms: UTC ms since when, None where that is not recorded.
        disabled_why: who or what disabled it.
        leased: items of the partition whose lease has not ended.
        held: whether nothing is sent at all.
    """

    gate: GateState = field(default_factory=GateState)
    disabled: bool = False
    disabled_ms: int | None = None
    disabled_why: str = ""
    leased: int = 0
    held: bool = False


def standings(
    client: "redis.Redis", root: str, destinations: Iterable[str], now_ms: int
) -> dict[str, Standing]:
    """The standings by destination, in one round trip; raises redis.RedisError.

    Args:
        client: of the ledger.
        root: the partition's prefix.
        destinations: whose standings.
        now_ms: UTC ms of Redis' clock.
    """
    names = list(destinations)
    pipeline = client.pipeline(transaction=False)
    pipeline.exists(root + keys.HELD)
    for name in names:
        endpoint = name.removeprefix(INGRAM_PREFIX)
        pipeline.hmget(keys.gate(name), FIELDS)
        pipeline.sismember(root + "parked", name)
        pipeline.hmget(keys.endpoint(endpoint), "disabled", "why")
        pipeline.zcount(f"{root}leased:{name}", f"({now_ms}", "+inf")
    answers = iter(pipeline.execute())
    found, held = {}, bool(next(answers))
    for name in names:
        gate, disabled, (since, why), leased = (next(answers) for _ in range(4))
        found[name] = Standing(
            gate=gate_state(gate, now_ms),
            disabled=bool(disabled),
            disabled_ms=number(since) or None,
            disabled_why=text(why),
            leased=number(leased),
            held=held,
        )
    return found
