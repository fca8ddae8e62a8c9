"""HTTP/1.1 server protocol for one connection, with full control of its bytes.

Pipelined requests are answered one after the other, in their order.
"""

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable, Iterator
from typing import cast

import httptools

from sandbox.http.message import Answer, Exchange, Request
from sandbox.http.transmit import End, Step, steps, whole

_LINGER_NOT = struct.pack("ii", 1, 0)


class HttpProtocol(asyncio.Protocol):
    """Reads requests, hands them to `respond`, sends what comes back.

    Args:
        respond: answers one request; it must not block.
        connections: the open connections; this one adds and removes itself.
    """

    def __init__(
        self,
        respond: Callable[[Request], Exchange],
        connections: set["HttpProtocol"],
    ) -> None:
        self._respond = respond
        self._connections = connections
        self._requests: deque[tuple[Request, bool]] = deque()
        self._steps: Iterator[Step] | None = None
        self._wait: asyncio.TimerHandle | None = None
        self._paused = False
        self._keep_alive = True
        self._url = b""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio hands a stream protocol a Transport, whatever the signature states.
        self._transport = cast("asyncio.Transport", transport)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._connections.discard(self)
        self._requests.clear()
        self._steps = None
        if self._wait is not None:
            self._wait.cancel()

    def abort(self) -> None:
        """Let go of the connection at once."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._transport.write(whole(Answer(400), keep_alive=False))
            self._transport.close()
            return
        self._next()

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        if self._wait is None:
            self._pull()
            self._next()

    def on_message_begin(self) -> None:
        self._url = b""
        self._headers = {}
        self._body = []

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        known = self._headers.get(key)
        self._headers[key] = text if known is None else f"{known}, {text}"

    def on_headers_complete(self) -> None:
        self._keep_alive = self._parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        method = self._parser.get_method().decode("latin-1")
        path, _, query = self._url.decode("latin-1").partition("?")
        request = Request(method, path, query, self._headers, b"".join(self._body))
        self._requests.append((request, self._keep_alive))

    def _next(self) -> None:
        while self._requests and self._steps is None:
            request, keep_alive = self._requests.popleft()
            exchange = self._respond(request)
            answer, fault = exchange.answer, exchange.fault
            if fault is None and keep_alive and not answer.wait:
                self._transport.write(whole(answer))
                continue
            self._steps = steps(answer, fault, keep_alive=keep_alive)
            self._pull()

    def _pull(self) -> None:
        # A connection that broke under a write raises here, and to `connection_lost`
        # only when this returns: an endless answer would never get there.
        while self._steps is not None and not self._paused and not self._is_over:
            match next(self._steps, None):
                case bytes(part):
                    self._transport.write(part)
                case float(seconds):
                    loop = asyncio.get_running_loop()
                    self._wait = loop.call_later(seconds, self._resume)
                    return
                case None:
                    self._steps = None
                case end:
                    self._end(end)

    @property
    def _is_over(self) -> bool:
        return self._transport.is_closing()

    def _resume(self) -> None:
        self._wait = None
        self._pull()
        self._next()

    def _end(self, end: End) -> None:
        self._steps = None
        self._requests.clear()
        if end is End.RESET:
            # Closing without lingering sends a reset instead of an end.
            link: socket.socket = self._transport.get_extra_info("socket")
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            self._transport.abort()
        else:
            self._transport.close()
