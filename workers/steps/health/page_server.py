"""HTTP server for a few short pages, which no client can occupy.

One thread holds every connection, another per page works it out, once for all who ask
meanwhile. So threads, file descriptors and memory have a bound, whatever clients do.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

#: Seconds until the next attempt to accept, where file descriptors have run out.
FULL_SECONDS = 1.0

#: Bytes that the system receives for a connection before it is read, about.
RECEIVED = 4096

#: How a client that went away, or takes too long, is noticed.
GONE = (TimeoutError, OSError, EOFError)


@dataclass(frozen=True, slots=True)
class Page:
    """One reply."""

    status: HTTPStatus
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one client may take.

    Attributes:
        waiting: connections that have not sent a whole request; one more closes the
            oldest of them.
        served: connections whose reply is under way; likewise.
        read_seconds: from the connection to the end of its request.
        write_seconds: for the reply to be taken.
        line: bytes of the request's line, and of each header line.
        lines: header lines.
    """

    waiting: int = 64
    served: int = 32
    read_seconds: float = 5.0
    write_seconds: float = 5.0
    line: int = 4096
    lines: int = 100


class PageServer:
    """Serves GET requests for pages, each on a connection of its own.

    Args:
        host, port: where it listens from now on; port 0 takes any free one.
        pages: by path, or by path and media type with a blank between them, for those
            whose `Accept` names it.
        bounds: see there.

    Raises:
        OSError: nobody can listen there.
        UnicodeError: the host is no name.
    """

    def __init__(
        self,
        host: str,
        port: int,
        pages: Mapping[str, Callable[[], Page]],
        bounds: Bounds | None = None,
    ) -> None:
        self._bounds = bounds or Bounds()
        self._socket = socket.create_server((host, port))
        self._socket.settimeout(0.0)
        # One connection's share of what a flood of headers may fill.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * RECEIVED)
        self._pages = dict(pages)
        self._makers = ThreadPoolExecutor(len(pages), "waybill-page")
        self._under_way: dict[str, asyncio.Future[Page]] = {}
        self._waiting = _Places(self._bounds.waiting)
        self._served = _Places(self._bounds.served)
        self._connections: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._thread = threading.Thread(
            target=self._run, name="waybill-pages", daemon=True
        )

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Close every connection; a page that is being worked out is not waited for."""
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(5.0)
        self._makers.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._listen()
        await self._ended.wait()
        self._loop.remove_reader(self._socket)
        self._socket.close()
        # Each connection has begun then, and closes when it is cancelled.
        await asyncio.sleep(0)
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        # A transport closes its socket in the loop's next turn.
        await asyncio.sleep(0)

    def _listen(self) -> None:
        if not self._ended.is_set():
            self._loop.add_reader(self._socket, self._accept)

    def _accept(self) -> None:
        """Accept one connection; asyncio's own servers leak some where they end."""
        try:
            client, _ = self._socket.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError:
            self._loop.remove_reader(self._socket)
            self._loop.call_later(FULL_SECONDS, self._listen)
            return
        connection = self._loop.create_task(self._connected(client))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _connected(self, client: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(
            sock=client, limit=self._bounds.line
        )
        try:
            await self._answer(reader, writer)
        except (*GONE, asyncio.LimitOverrunError, ValueError):
            # Gone, too slow, too long, or no HTTP: nobody is there to be answered.
            pass
        finally:
            # What was to be sent has been sent; what was not is not waited for.
            writer.transport.abort()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with self._waiting.held(writer):
            async with asyncio.timeout(self._bounds.read_seconds):
                target, accepted = await _asked(reader, self._bounds.lines)
        with self._served.held(writer):
            page = await self._page(self._named(target, accepted))
            async with asyncio.timeout(self._bounds.write_seconds):
                await _write(writer, page)

    def _named(self, target: str, accepted: str) -> str:
        """The page's name; there is one of each for whatever clients accept."""
        kinds = (one.partition(";")[0].strip() for one in accepted.split(","))
        names = (f"{target} {kind}" for kind in kinds)
        return next((name for name in names if name in self._pages), target)

    async def _page(self, target: str) -> Page:
        """Join who works it out, or begin; the pages change by the second at most."""
        if target not in self._pages:
            known = ", ".join(name for name in self._pages if " " not in name)
            body = f"no such page; there are {known}\n".encode()
            return Page(HTTPStatus.NOT_FOUND, "text/plain", body)
        under_way = self._under_way.get(target)
        if under_way is None:
            under_way = self._loop.run_in_executor(self._makers, self._pages[target])
            self._under_way[target] = under_way
            under_way.add_done_callback(lambda _: self._under_way.pop(target))
        # Whoever began may leave; the others still wait for it.
        return await asyncio.shield(under_way)


class _Places:
    """So many connections at most; the newest takes the place of the oldest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: dict[asyncio.StreamWriter, None] = {}

    @contextmanager
    def held(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        """Have a place for as long as the context lasts."""
        if len(self._held) >= self._most:
            oldest = next(iter(self._held))
            del self._held[oldest]
            oldest.transport.abort()
        self._held[writer] = None
        try:
            yield
        finally:
            self._held.pop(writer, None)


async def _asked(reader: asyncio.StreamReader, lines: int) -> tuple[str, str]:
    """Read a whole request, so that closing does not take the reply with it.

    Returns:
        Its target, and what it accepts, "" for anything.

    Raises:
        EOFError: the client went away.
        ValueError: it is no GET request, or too long.
    """
    method, target, _ = (await reader.readuntil()).decode("latin-1").split()
    if method != "GET":
        raise ValueError("only GET is served")
    accepted = ""
    for _ in range(lines + 1):
        line = (await reader.readuntil()).strip()
        if not line:
            return target, accepted
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"accept":
            accepted = value.decode("latin-1")
    raise ValueError("too many header lines")


async def _write(writer: asyncio.StreamWriter, page: Page) -> None:
    head = (
        f"HTTP/1.1 {page.status.value} {page.status.phrase}\r\n"
        f"Date: {formatdate(usegmt=True)}\r\n"
        f"Content-Type: {page.kind}\r\n"
        f"Content-Length: {len(page.body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    # `drain` returns when the system has taken all of it.
    writer.transport.set_write_buffer_limits(high=0)
    writer.write(head.encode() + page.body)
    await writer.drain()
