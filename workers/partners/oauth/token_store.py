"""Access token in Redis, shared by all workers, with a lease on its refresh.

Every decision is one script on one key and by Redis' clock, so that neither a
worker's clock nor a worker's death matters: a refresh that nobody finishes is
free for the next one when its time is over.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, cast

import redis

from workers.ledger import keys
from workers.ledger.scripts import Argument, Call, Scripts

TokenStep = Literal["token", "refresh", "ask", "wait", "failed"]


@dataclass(frozen=True, slots=True)
class Taken:
    """What somebody who needs a token shall do.

    Attributes:
        verdict: use the token; use it and ask for a new one; ask; wait for whom
            asks; or leave it, since asking failed.
        seconds: for which the token is good, somebody may ask, or nobody shall.
        now: UTC seconds by Redis.
        failures: how often in a row asking has failed.
        token: the token, "" if there is none.
        code: why asking failed.
        message: why asking failed.
    """

    verdict: TokenStep
    seconds: float
    now: float
    failures: int
    token: str = field(repr=False)
    code: str = ""
    message: str = ""


class TokenStore:
    """One credential's token.

    Args:
        client: with `decode_responses=False`.
        name: the credential's name.
    """

    def __init__(self, client: "redis.Redis", name: str) -> None:
        self._key = keys.token(name)
        self._scripts = Scripts(client)

    def take(self, owner: str, seconds: float) -> Taken:
        """Find out what to do; on "ask" and "refresh" the right to is ours.

        Args:
            owner: names this asking.
            seconds: for which nobody else asks.

        Raises:
            redis.RedisError: as do the others.
        """
        found = self._run("token_take", owner, _milliseconds(seconds))
        verdict, left, now, failures, token, code, message = found
        return Taken(
            verdict=cast("TokenStep", verdict.decode()),
            seconds=left / 1_000,
            now=now / 1_000,
            failures=failures,
            token=token.decode(),
            code=code.decode(),
            message=message.decode(),
        )

    def store(self, owner: str, token: str, life: float, refresh: float) -> None:
        """Keep a new token for `life` seconds, to be refreshed after `refresh`.

        A late one is kept as well: it is as good as any.
        """
        times = (_milliseconds(life), _milliseconds(refresh))
        self._run("token_store", owner, token, *times)

    def fail(self, owner: str, seconds: float, code: str, message: str) -> None:
        """Remember for everybody that asking failed, unless the right is gone."""
        self._run("token_fail", owner, _milliseconds(seconds), code, message)

    def reject(self, token: str, seconds: float, code: str, message: str) -> None:
        """Forget a token that was refused, if it is still the one that is kept.

        The second one within `seconds` also keeps everybody from asking for the
        rest of them: new tokens do not help then.
        """
        self._run("token_reject", token, _milliseconds(seconds), code, message)

    def _run(self, script: str, *arguments: Argument) -> Any:
        return self._scripts.run(Call(script, self._key, arguments))


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1_000))
