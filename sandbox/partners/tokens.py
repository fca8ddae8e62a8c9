"""Bearer tokens: issued, checked and revoked."""

import time
from secrets import token_urlsafe
from threading import Lock


class Tokens:
    """Thread-safe; one issuer's tokens are worth nothing to another.

    Args:
        lifetime: seconds until a token is refused.
    """

    def __init__(self, lifetime: float) -> None:
        self.lifetime = lifetime
        self._lock = Lock()
        self._ends: dict[str, float] = {}

    def issue(self) -> str:
        """Make a token."""
        token = f"eyJzYW5kYm94.{token_urlsafe(24)}.{token_urlsafe(24)}"
        with self._lock:
            self._ends[token] = time.monotonic() + self.lifetime
        return token

    def valid(self, token: str) -> bool:
        """Whether a token is ours and has not ended."""
        return self._ends.get(token, 0.0) > time.monotonic()

    def revoke(self) -> None:
        """Refuse every token made so far."""
        with self._lock:
            self._ends.clear()
