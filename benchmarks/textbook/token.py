"""Westcon's access token, kept by this process until shortly before its end."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

#: Seconds before a token's end at which a new one is fetched.
LEEWAY = 60.0


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and the moment of the process's clock when it ends."""

    value: str
    ends: float


class TokenCache:
    """One token for all threads of a process; one of them fetches it."""

    def __init__(self, fetch: Callable[[], Token]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._token: Token | None = None

    def get(self) -> str:
        """The token, fetched anew when it is about to end."""
        with self._lock:
            if self._token is None or self._token.ends - LEEWAY < time.monotonic():
                self._token = self._fetch()
            return self._token.value

    def forget(self) -> None:
        with self._lock:
            self._token = None
