"""Holds the bytes of an answer that have come and are not used yet."""

from collections.abc import Callable
from typing import Final

from workers.clients.faults import Fault

#: The most bytes of a status line with its headers, and of a line in a body.
HEAD_BYTES: Final = 65_536
#: What one receive asks for.
BLOCK: Final = 16_384

#: Returns up to so many bytes, none at the end of the connection.
Receive = Callable[[int], bytes]


class Arriving:
    """What has come and is not used yet."""

    __slots__ = ("_receive", "buffer")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.buffer = bytearray()

    def fill(self) -> bool:
        """Add what comes next; False at the end of the connection."""
        block = self._receive(BLOCK)
        self.buffer += block
        return bool(block)

    def take(self, size: int) -> bytes:
        taken = bytes(self.buffer[:size])
        del self.buffer[:size]
        return taken

    def exactly(self, size: int) -> bytes:
        while len(self.buffer) < size:
            if not self.fill():
                message = f"ended its answer {size - len(self.buffer)} bytes early"
                raise Fault(message, code="truncated")
        return self.take(size)

    def line(self) -> bytes:
        """Return the next line without its end, at most `HEAD_BYTES` long."""
        searched = 0
        while (end := self.buffer.find(b"\n", searched)) < 0:
            searched = len(self.buffer)
            if searched > HEAD_BYTES:
                raise Fault("sent an endless chunk header", code="protocol")
            if not self.fill():
                raise Fault("ended its answer in a chunk", code="truncated")
        return self.take(end + 1)[:-1]
