"""Replicas that have to confirm a write before anybody relies on it.

Redis answers before its replicas have a write, so a primary that is lost takes answered
writes with it. WAIT, sent behind a write on its own connection, answers how many
replicas have it. It reduces what a failover loses, and takes nothing back: a write that
too few confirmed is there all the same, on some of them.
"""

import re
from dataclasses import dataclass
from typing import Final

import redis

from workers.redis.answers import number
from workers.redis.round_trips import Command

FORMS: Final = "none, or wait:REPLICAS or wait:REPLICAS:MILLISECONDS like wait:2:500"

#: Milliseconds for which replicas are waited for unless the setting names others, and
#: the most that no client's own time-out cuts off.
USUAL_MS: Final = 1000
MOST_MS: Final = 5000

_WAIT = re.compile(r"wait:([1-9][0-9]?)(?::([1-9][0-9]{0,4}))?")


@dataclass(frozen=True, slots=True)
class Durability:
    """How many replicas, and for how long they are waited for; 0 for nobody."""

    replicas: int = 0
    ms: int = USUAL_MS

    @property
    def seconds(self) -> float:
        """The longest that a write waits for them."""
        return self.ms / 1000 if self.replicas else 0.0

    @property
    def command(self) -> Command:
        return ("WAIT", self.replicas, self.ms)

    def confirmed(self, answer: object) -> bool:
        """Whether enough have it.

        Raises:
            redis.RedisError: Redis does not let this user ask.
        """
        if isinstance(answer, redis.RedisError):
            raise answer
        return number(answer) >= self.replicas

    def check(self, answer: object) -> None:
        """See that enough have it.

        Raises:
            UnconfirmedError: too few.
            redis.RedisError: Redis does not let this user ask.
        """
        if not self.confirmed(answer):
            raise UnconfirmedError(
                f"{number(answer)} of {self.replicas} replicas have confirmed it within"
                f" {self.ms} ms (WAYBILL_DURABILITY)"
            )


class UnconfirmedError(redis.RedisError):
    """A write is in Redis, and too few replicas have confirmed that they have it."""


NONE: Final = Durability()


def durability_of(written: str) -> Durability:
    """Read the setting.

    Raises:
        ValueError: it has none of the forms.
    """
    if written == "none":
        return NONE
    found = _WAIT.fullmatch(written)
    if found is None:
        raise ValueError(f"must be {FORMS}")
    ms = int(found[2] or USUAL_MS)
    if ms > MOST_MS:
        raise ValueError(f"must wait for {MOST_MS} ms at most")
    return Durability(int(found[1]), ms)
