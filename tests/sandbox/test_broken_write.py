"""An answer without end, on a connection that breaks under it."""

import asyncio

from sandbox.http.fault import Fault
from sandbox.http.message import Answer, Exchange, Request
from sandbox.http.protocol import HttpProtocol
from tests.sandbox.raw import request


class Breaking(asyncio.Transport):
    """Takes a few blocks, then is closing, as asyncio's own after a failed send."""

    def __init__(self) -> None:
        super().__init__()
        self.written = 0

    def write(self, _: object) -> None:
        self.written += 1
        assert self.written < 100, "it writes for ever"

    def is_closing(self) -> bool:
        return self.written >= 3


def endless(_: Request) -> Exchange:
    return Exchange(Answer(200), Fault.huge_body(0))


def test_an_endless_answer_ends_with_its_connection() -> None:
    transport = Breaking()
    protocol = HttpProtocol(endless, set())
    protocol.connection_made(transport)

    protocol.data_received(request("GET", "/nowhere"))

    assert transport.written == 3
