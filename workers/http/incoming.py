"""Receives from a socket until a moment, however the bytes are spread over it."""

import socket
from time import monotonic
from typing import Final

from workers.http.sockets import time_left

#: Seconds that the rest of an answer is waited for when its status says it all. Then
#: the connection is closed: a receiver that never ends must not hold a thread.
REST_SECONDS: Final = 5.0


class Incoming:
    """What one socket receives.

    Args:
        plug: connected.
        until: the monotonic second at which everything must have come.
    """

    __slots__ = ("_plug", "_until")

    def __init__(self, plug: socket.socket, until: float) -> None:
        self._plug = plug
        self._until = until

    def receive(self, size: int) -> bytes:
        """Return up to so many bytes, none at the end of the connection.

        Raises:
            TimeoutError: the moment has come.
            OSError: the connection broke.
        """
        self._plug.settimeout(time_left(self._until))
        return self._plug.recv(size)

    def hurry(self) -> None:
        """Wait no longer than is worth it for what can be done without."""
        self._until = min(self._until, monotonic() + REST_SECONDS)
