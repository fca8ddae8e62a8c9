"""Sessions of the console, kept in Redis so that any process knows them, and ends them.

The browser has 256 random bits; Redis has a digest of them, so that nobody who reads
Redis can take a session over.
"""

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass

import redis

from workers.ledger import keys
from workers.redis.answers import text


@dataclass(frozen=True, slots=True)
class Session:
    """One person's.

    Attributes:
        user: their name in the settings.
        proof: what let them in; a session with another proof than is asked for now is
            none, so that a new password ends it.
        token: secret of this session, from which its forms get theirs.
        ends_ms: UTC ms at which it ends, whatever happens in it.
    """

    user: str
    proof: str
    token: str
    ends_ms: int


class Sessions:
    """Begins, finds and ends them; every method raises redis.RedisError.

    Args:
        client: RESP2, bytes.
        idle: seconds without a request after which one ends.
        most: seconds after which any ends.
    """

    def __init__(self, client: "redis.Redis", idle: float, most: float) -> None:
        self._client = client
        self._idle_ms = int(idle * 1000)
        self._most_ms = int(most * 1000)

    def begin(self, user: str, proof: str) -> tuple[str, Session]:
        """A new session, and the secret by which the browser has it."""
        secret, ends_ms = secrets.token_urlsafe(32), self._now_ms() + self._most_ms
        session = Session(user, proof, secrets.token_hex(32), ends_ms)
        life_ms = min(self._idle_ms, self._most_ms)
        self._client.set(_key(secret), json.dumps(asdict(session)), px=life_ms)
        return secret, session

    def find(self, secret: str, *, active: bool) -> Session | None:
        """The session of this secret, None where it has ended.

        Args:
            secret: that the browser sent.
            active: whether somebody is there, which keeps it from ending.
        """
        key = _key(secret)
        kept = self._client.get(key)
        if kept is None:
            return None
        session, now_ms = Session(**json.loads(text(kept))), self._now_ms()
        left_ms = session.ends_ms - now_ms
        if left_ms <= 0:
            return None
        if active:
            self._client.pexpire(key, min(self._idle_ms, left_ms))
        return session

    def end(self, secret: str) -> None:
        """End it, in every process."""
        self._client.delete(_key(secret))

    def _now_ms(self) -> int:
        seconds, micros = self._client.time()
        return int(seconds) * 1000 + int(micros) // 1000


def _key(secret: str) -> str:
    return keys.session(hashlib.sha256(secret.encode()).hexdigest())
