"""Receive buffer for HTTP responses."""

from collections.abc import Callable
from typing import Final

from workers.http.errors import Fault

#: The most bytes of an answer's headers, and of one line outside them.
HEAD_BYTES: Final = 65_536
#: What one receive asks for.
BLOCK: Final = 16_384

#: Returns up to so many bytes, none at the end of the connection.
Receive = Callable[[int], bytes]


class ReceiveBuffer:
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

    def pour(self, size: int, into: bytearray) -> None:
        """Move so many bytes, each as it comes: what breaks off leaves the others.

        Raises:
            Fault: the connection ends before.
        """
        while size:
            if not self.buffer and not self.fill():
                raise Fault(f"ended its answer {size} bytes early", code="truncated")
            taken = self.take(size)
            into += taken
            size -= len(taken)

    def line(self, what: str) -> bytes:
        """Return the next line without its line feed.

        Args:
            what: names the line in a message, as "a chunk header".

        Raises:
            Fault: the line is longer than `HEAD_BYTES`, or the connection ends in it.
        """
        searched = 0
        while (end := self.buffer.find(b"\n", searched)) < 0:
            searched = len(self.buffer)
            if searched > HEAD_BYTES:
                raise Fault(f"sent more than 64 KiB as {what}", code="protocol")
            if not self.fill():
                raise Fault(f"ended its answer in {what}", code="truncated")
        return self.take(end + 1)[:-1]
