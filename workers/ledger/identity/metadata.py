"""Metadata of the ledger, written once and checked at every start."""

import contextlib
from dataclasses import dataclass

import redis
from redis.exceptions import ResponseError

from workers.ledger import keys
from workers.ledger.identity import deployment, namespace
from workers.ledger.layout.layout import Layout, layout_of
from workers.ledger.layout.recovered import recovered
from workers.ledger.scripts import Scripts

#: Connections of workers' steps, which begin on a ledger that has its mark.
STEPS = frozenset({"waybill-intake", "waybill-release"})

#: Whatever of a partition outlives most of its work.
_LASTING = (keys.counts, keys.destinations, keys.dead, keys.disabled)

_LOST = "the ledger's mark is missing: Redis came back without its data"
_RESTORE = "stop the workers, restore Redis' files, start again"


@dataclass(frozen=True, slots=True)
class Missing:
    """A ledger without its mark, as everything that notices it puts it.

    Attributes:
        message: what may have happened.
        advice: what to do; to restore comes first, since a worker that is started
            begins an empty ledger.
        lost: whether there was a ledger for certain.
    """

    message: str
    advice: str
    lost: bool

    def __str__(self) -> str:
        return f"{self.message}; {self.advice}"


#: A worker has begun on this ledger, or something of it is still there.
LOST = Missing(_LOST, _RESTORE, lost=True)

#: An emptied Redis and one that was never used look alike.
LOST_OR_NEW = Missing(
    f"{_LOST}, or no worker has begun on it yet",
    f"{_RESTORE}; only where no worker has ever begun, start one: it makes the ledger",
    lost=False,
)


class LedgerMismatchError(Exception):
    """This Redis holds a ledger that these settings do not fit."""


def found(
    client: "redis.Redis",
    partitions: int,
    name: str = "",
    orders_by: str = namespace.NUMBER,
) -> Layout:
    """Make the ledger's marks, or check them against the settings; its layout.

    Args:
        client: of the ledger.
        partitions: that a new ledger is cut into.
        name: of the deployment; a ledger without a name gets it.
        orders_by: what names an order, see `namespace`.

    Raises:
        LedgerMismatchError: the ledger belongs to another deployment, or names its
            orders in another way. Nothing of it was changed.
        redis.RedisError: Redis does not answer.
    """
    _check_owner(deployment.owner(client), name)
    client.set(keys.PARTITIONS, partitions, nx=True)
    seconds, micros = client.time()
    client.set(keys.EPOCH, seconds * 1000 + micros // 1000, nx=True)
    named_by = namespace.adopt(client, orders_by)
    if refused := namespace.refusal(named_by, orders_by):
        raise LedgerMismatchError(refused)
    # Of two that begin at once, one has named it.
    _check_owner(deployment.adopt(client, name), name)
    layout = layout_of(client, partitions)
    return recovered(Scripts(client), layout, range(layout.width))


def _check_owner(named: str, name: str) -> None:
    if refused := deployment.refusal(named, name):
        raise LedgerMismatchError(refused)


def missing(client: "redis.Redis", partitions: int) -> Missing | None:
    """The warning for a ledger without its mark; None where it has one.

    Args:
        client: of the ledger; nothing is written.
        partitions: of the settings.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    if client.exists(keys.EPOCH):
        return None
    pipeline = client.pipeline(transaction=False)
    pipeline.exists(keys.PARTITIONS)
    for partition in range(partitions):
        for key in _LASTING:
            pipeline.exists(key(keys.prefix(partition)))
    return LOST if any(pipeline.execute()) or _workers(client) else LOST_OR_NEW


def _workers(client: "redis.Redis") -> bool:
    """Whether a worker is connected, as far as the user's ACL permits to ask."""
    with contextlib.suppress(ResponseError):
        return any(one.get("name") in STEPS for one in client.client_list())
    return False
