"""Read-only view of the gates, and of destinations as an item meets them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

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

    @property
    def rests(self) -> bool:
        """Whether nothing begins there, but for one call at a time."""
        return self.breaker or self.until_ms is not None


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


@dataclass(frozen=True, slots=True)
class Standing:
    """One destination as the items of one partition meet it.

    Attributes:
        gate: whether it may be called; that of the partition where this one rests.
        disabled: whether nothing is sent to it.
        disabled_ms: UTC ms since when, None where that is not recorded.
        disabled_why: who or what disabled it.
        leased: items of the partition whose lease has not ended.
        elsewhere: how many items are leased in each of the other partitions.
        held: whether nothing is sent at all.
    """

    gate: GateState = field(default_factory=GateState)
    disabled: bool = False
    disabled_ms: int | None = None
    disabled_why: str = ""
    leased: int = 0
    elsewhere: tuple[int, ...] = ()
    held: bool = False


def standings(
    client: "redis.Redis",
    root: str,
    destinations: Iterable[str],
    now_ms: int,
    partitions: int = 1,
) -> dict[str, Standing]:
    """The standings by destination, in one round trip; raises redis.RedisError.

    Args:
        client: of the ledger.
        root: the partition's prefix.
        destinations: whose standings.
        now_ms: UTC ms of Redis' clock.
        partitions: of the ledger.
    """
    names = list(destinations)
    others = [one for one in map(keys.prefix, range(partitions)) if one != root]
    pipeline = client.pipeline(transaction=False)
    pipeline.exists(keys.held(root))
    pipeline.hmget(keys.gate(root), FIELDS)
    for name in names:
        pipeline.hmget(keys.gate(name), FIELDS)
        pipeline.sismember(keys.disabled(root), name)
        pipeline.hmget(keys.condition(name), "disabled", "why")
        pipeline.zcount(keys.leased(root, name), f"({now_ms}", "+inf")
        for other in others:
            pipeline.zcard(keys.leased(other, name))
    answers = iter(pipeline.execute())
    found, held = {}, bool(next(answers))
    own = gate_state(next(answers), now_ms)
    for name in names:
        gate, disabled, (since, why), leased = (next(answers) for _ in range(4))
        found[name] = Standing(
            gate=own if own.rests else gate_state(gate, now_ms),
            disabled=bool(disabled),
            disabled_ms=number(since) or None,
            disabled_why=text(why),
            leased=number(leased),
            elsewhere=tuple(number(next(answers)) for _ in others),
            held=held,
        )
    return found
