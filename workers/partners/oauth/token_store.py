"""One access token in Redis, shared by all workers, with one refresh at a time.

Every decision is one script on one key and by Redis' clock, so that neither a
worker's clock nor a worker's death matters: a refresh that nobody finishes is
free for the next one when its time is over.
"""

from dataclasses import dataclass, field
from typing import Final, Literal, cast

import redis

#: Hash, one per credential: `token`, `ends` and `refresh` (UTC ms), `owner` and
#: `locked` (who asks for a new one, until when), `failed` (until when nobody
#: asks), `code`, `message` and `failures` (why, how often in a row), `rejected`
#: (when a token was last thrown away). Lives 25 hours after its last change, and as
#: long as nobody may ask.
TOKEN: Final = "wb:token:{name}"  # noqa: S105 - the name of a key

_NOW: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local key = KEYS[1]
local function number(name) return tonumber(redis.call('HGET', key, name) or 0) end
local function keep()
  redis.call('PEXPIRE', key, math.max(90000000, number('failed') - now))
end
"""

#: owner, ms for asking → verdict, ms, now, failures, token, code, message
_TAKE: Final = (
    _NOW
    + """
local held = redis.call('HMGET', key, 'token', 'code', 'message')
local ends, locked, failed = number('ends'), number('locked'), number('failed')
local function answer(verdict, ms)
  return {verdict, ms, now, number('failures'),
          held[1] or '', held[2] or '', held[3] or ''}
end
local valid = held[1] and ends > now
local free = locked <= now and failed <= now
if valid and not (free and number('refresh') <= now) then
  return answer('token', ends - now)
end
if free then
  redis.call('HSET', key, 'owner', ARGV[1], 'locked', now + ARGV[2])
  keep()
  if valid then return answer('refresh', ends - now) end
  return answer('ask', 0)
end
if failed > now then return answer('failed', failed - now) end
return answer('wait', locked - now)
"""
)

#: owner, token, ms of life, ms until it is refreshed
_STORE: Final = (
    _NOW
    + """
redis.call('HSET', key, 'token', ARGV[2], 'ends', now + ARGV[3],
           'refresh', now + ARGV[4])
redis.call('HDEL', key, 'failed', 'failures', 'code', 'message')
if redis.call('HGET', key, 'owner') == ARGV[1] then
  redis.call('HDEL', key, 'owner', 'locked')
end
keep()
"""
)

#: owner, ms during which nobody asks, code, message
_FAIL: Final = (
    _NOW
    + """
if redis.call('HGET', key, 'owner') ~= ARGV[1] then return end
redis.call('HDEL', key, 'owner', 'locked')
redis.call('HSET', key, 'failed', now + ARGV[2], 'code', ARGV[3],
           'message', ARGV[4])
redis.call('HINCRBY', key, 'failures', 1)
keep()
"""
)

#: token, ms between two tokens thrown away, code, message
_REJECT: Final = (
    _NOW
    + """
if redis.call('HGET', key, 'token') ~= ARGV[1] then return end
redis.call('HDEL', key, 'token', 'ends', 'refresh')
local again = number('rejected') + ARGV[2]
if again > now then
  redis.call('HSET', key, 'failed', again, 'code', ARGV[3], 'message', ARGV[4])
else
  redis.call('HSET', key, 'rejected', now)
end
keep()
"""
)

Verdict = Literal["token", "refresh", "ask", "wait", "failed"]


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

    verdict: Verdict
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
        self._keys = [TOKEN.format(name=name)]
        self._take = client.register_script(_TAKE)
        self._store = client.register_script(_STORE)
        self._fail = client.register_script(_FAIL)
        self._reject = client.register_script(_REJECT)

    def take(self, owner: str, seconds: float) -> Taken:
        """Find out what to do; on "ask" and "refresh" the right to is ours.

        Args:
            owner: names this asking.
            seconds: for which nobody else asks.

        Raises:
            redis.RedisError: as do the others.
        """
        found = self._take(self._keys, (owner, _milliseconds(seconds)))
        verdict, left, now, failures, token, code, message = found
        return Taken(
            verdict=cast("Verdict", verdict.decode()),
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
        self._store(self._keys, (owner, token, *times))

    def fail(self, owner: str, seconds: float, code: str, message: str) -> None:
        """Remember for everybody that asking failed, unless the right is gone."""
        self._fail(self._keys, (owner, _milliseconds(seconds), code, message))

    def reject(self, token: str, seconds: float, code: str, message: str) -> None:
        """Forget a token that was refused, if it is still the one that is kept.

        The second one within `seconds` also keeps everybody from asking for the
        rest of them: new tokens do not help then.
        """
        self._reject(self._keys, (token, _milliseconds(seconds), code, message))


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1_000))
