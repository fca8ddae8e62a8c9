"""Attempts to sign in to the console, counted before a password is looked at."""

import hashlib
import math
from collections.abc import Mapping

import redis

from workers.ledger import keys

#: Seconds in which attempts are counted together.
WINDOW = 900

#: Attempts within them under one name, and from one address: people mistype, and an
#: office may share an address.
PER_NAME, PER_ADDRESS = 10, 50


class SignIns:
    """Counts attempts; every method raises redis.RedisError.

    Args:
        client: RESP2, bytes.
    """

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client

    def attempt(self, name: str, address: str) -> int:
        """Count one; seconds to wait where there were too many, else 0.

        It is counted first, so that many at once do not pass together.
        """
        waits = [
            self._counted(key, most) for key, most in _counted(name, address).items()
        ]
        return max(waits)

    def _counted(self, key: str, most: int) -> int:
        pipeline = self._client.pipeline(transaction=True)
        pipeline.set(key, 0, ex=WINDOW, nx=True)
        pipeline.incr(key)
        pipeline.pttl(key)
        _, count, left_ms = pipeline.execute()
        return max(1, math.ceil(left_ms / 1000)) if count > most else 0

    def succeeded(self, name: str) -> None:
        """Forget the attempts under a name: whose it is has come in."""
        self._client.delete(_key("name", name))


def _counted(name: str, address: str) -> Mapping[str, int]:
    return {_key("name", name): PER_NAME, _key("address", address): PER_ADDRESS}


def _key(kind: str, value: str) -> str:
    return keys.sign_ins(hashlib.sha256(f"{kind}\n{value}".encode()).hexdigest())
