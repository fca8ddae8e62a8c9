"""What each comparison that people run now and then has come to, for `waybill status`.

Another one is a function from the ledger's client to a `Compared`, and its line in
`ASKED`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import redis

from waybill.console import moment
from workers.ledger.reconcile.last_run import last_run


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison came to when it ran last.

    Attributes:
        name: of the comparison; it leads its line.
        at_ms: UTC ms at which its last whole run ended, 0 for never.
        message: what it came to, for people.
        reason: why that is not well, with the command that goes on from there; ""
            where it is well, or nobody has to act.
    """

    name: str
    at_ms: int = 0
    message: str = "never run"
    reason: str = ""


def _reconcile(client: "redis.Redis", partitions: int) -> Compared:
    run = last_run(client, partitions)
    if not run.at_ms:
        return Compared("reconcile")
    kinds = [f"{kind} {count}" for kind, count in run.found.items() if count]
    found = f"found {sum(run.found.values())}"
    message = f"{found} ({', '.join(kinds)})" if kinds else "found nothing"
    if not run.lost:
        return Compared("reconcile", run.at_ms, message)
    reason = (
        f"the reconciliation of {moment(run.at_ms)} found what is lost: {run.lost}; see"
        " to its findings with `waybill reconcile apply PLAN` (`waybill reconcile"
        " --plan PLAN` writes the plan), then compare again with `waybill reconcile`"
    )
    return Compared("reconcile", run.at_ms, message, reason)


#: What is asked, in the order in which it is shown; each raises redis.RedisError.
ASKED: tuple[Callable[["redis.Redis", int], Compared], ...] = (_reconcile,)


def comparisons(client: "redis.Redis", partitions: int) -> Iterator[Compared]:
    """What each came to; raises redis.RedisError."""
    return (ask(client, partitions) for ask in ASKED)
