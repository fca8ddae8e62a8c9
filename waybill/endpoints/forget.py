"""Removal of an unknown endpoint from the ledger, with what waits for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.planning.rules import INGRAM_PREFIX
from waybill.connect import Opened
from workers.ledger.endpoints.unknown import Waiting


@dataclass(frozen=True, slots=True)
class Leavings:
    """What an endpoint has left.

    Attributes:
        listed: whether it is in the roster.
        waiting: notifications in its lanes.
        dead: the ids of its dead letters.
    """

    listed: bool
    waiting: Waiting
    dead: Sequence[str]

    @property
    def nothing(self) -> bool:
        return not (self.listed or self.waiting.count or self.dead)

    def __str__(self) -> str:
        return f"waiting notifications: {self.waiting}, dead letters: {len(self.dead)}"


def leavings(ledger: Opened, name: str) -> Leavings:
    """Look, and change nothing; raises redis.RedisError."""
    destination, parts = INGRAM_PREFIX + name, ledger.parts
    letters = parts.dead_letters.all()
    dead = [one.id for one in letters if one.destination == destination]
    listed = name in parts.rosters.everyone()
    return Leavings(listed, parts.unknown.waiting(name), dead)


def forget(ledger: Opened, name: str) -> int:
    """Discard it all; how many notifications. Raises redis.RedisError.

    Dead letters first: one that holds its lane lets go what waits behind it.
    """
    parts, discarded = ledger.parts, 0
    for id_ in leavings(ledger, name).dead:
        discarded += parts.dead_letters.discard(id_) == "discarded"
    discarded += parts.unknown.forget(name)
    parts.endpoints.enable(name)
    return discarded
