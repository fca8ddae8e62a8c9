"""Nodes of a cluster that name each other: each says that the other has every slot."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

#: How a node answers that has another one for every slot.
SLOTS: Final = b"*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$9\r\n127.0.0.1\r\n:%d\r\n"


class LyingNode(socketserver.ThreadingTCPServer):
    """One of them, at a port of this machine.

    Attributes:
        other: the port that it names.
        asked: commands about a key that it was sent.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.other, self.asked = 0, 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def answer(self, words: list[bytes]) -> bytes:
        match [word.upper() for word in words]:
            case [b"CLUSTER", b"SLOTS"]:
                return SLOTS % self.other
            case [b"CLIENT" | b"ASKING" | b"PING", *_]:
                return b"+OK\r\n"
        self.asked += 1
        return b"-MOVED 1 127.0.0.1:%d\r\n" % self.other


class _Connection(socketserver.StreamRequestHandler):
    server: LyingNode

    def handle(self) -> None:
        while line := self.rfile.readline():
            words = list[bytes]()
            for _ in range(int(line[1:])):
                size = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(size + 2)[:-2])
            self.wfile.write(self.server.answer(words))


@contextmanager
def lying_nodes() -> Iterator[tuple[LyingNode, LyingNode]]:
    """Two of them."""
    with LyingNode() as one, LyingNode() as two:
        one.other, two.other = two.port, one.port
        for node in (one, two):
            threading.Thread(target=node.serve_forever, daemon=True).start()
        yield one, two
        for node in (one, two):
            node.shutdown()
