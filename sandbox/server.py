"""Server of the stand-ins: in a thread of this process, or as the process."""

import asyncio
import signal
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from types import TracebackType
from typing import Self

from sandbox.faults import Faults
from sandbox.http.protocol import HttpProtocol
from sandbox.journal import Journal
from sandbox.partners.deck.links import Links
from sandbox.partners.ingram.receiver import Delivery, Receivers
from sandbox.partners.westcon.orders import OrderBook
from sandbox.partners.westcon.shipping import Shipments
from sandbox.routes import Site
from sandbox.settings import SandboxSettings

_STOP_SECONDS = 5.0


class Sandbox:
    """All partners on one port.

    Its parts may be used from any thread, while it runs and after.

    Args:
        settings: None takes the defaults of `sandbox.settings`.
    """

    def __init__(self, settings: SandboxSettings | None = None) -> None:
        self.settings = settings or SandboxSettings()
        self.site = Site(self.settings)
        self.journal: Journal = self.site.journal
        self.orders: OrderBook = self.site.orders
        self.shipments: Shipments = self.site.shipments
        self.faults: Faults = self.site.faults
        self.receivers: Receivers = self.site.receivers
        self.links: Links = self.site.links
        self.host = ""
        self.port = 0
        self._connections: set[HttpProtocol] = set()
        self._thread: Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    @property
    def url(self) -> str:
        """Where it can be reached, without a slash at the end."""
        host = "127.0.0.1" if self.host in {"", "0.0.0.0"} else self.host  # noqa: S104 - compared, not bound
        return f"http://{host}:{self.port}"

    @property
    def open_connections(self) -> int:
        """How many connections are open just now."""
        return len(self._connections)

    def start(self, host: str = "127.0.0.1", port: int = 0) -> Self:
        """Listen, in a thread of its own; port 0 takes any free one.

        Raises:
            OSError: the address cannot be listened on.
        """
        ready: Future[None] = Future()
        self._thread = Thread(
            target=self._run, args=(host, port, ready), name="sandbox", daemon=True
        )
        self._thread.start()
        ready.result()
        return self

    def stop(self) -> None:
        """Close every connection and wait for the thread to end."""
        if self._loop is None or self._stop is None or self._thread is None:
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_STOP_SECONDS)
        self._loop = self._stop = self._thread = None

    def deliveries(self, name: str | None = None) -> tuple[Delivery, ...]:
        """What a receiver, or all of them, got."""
        return self.receivers.deliveries(name)

    def applied(self, name: str) -> tuple[str, ...]:
        """The event ids a receiver acted on, each once."""
        return self.receivers.applied(name)

    def reset(self) -> None:
        """Forget orders, links, deliveries, faults and the journal, not tokens."""
        self.site.reset()

    def revoke_tokens(self) -> None:
        """Refuse every token given so far."""
        self.site.revoke_tokens()

    def serve_forever(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        listening: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Listen in this thread until SIGTERM or SIGINT.

        Args:
            host: where.
            port: where; 0 takes any free one.
            listening: called with the URL as soon as connections are taken.
        """
        asyncio.run(self._serve_until_signal(host, port, listening))

    def __enter__(self) -> Self:
        return self if self._thread is not None else self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self, host: str, port: int, ready: Future[None]) -> None:
        try:
            asyncio.run(self._serve(host, port, lambda: ready.set_result(None)))
        except OSError as error:
            ready.set_exception(error)

    async def _serve_until_signal(
        self, host: str, port: int, listening: Callable[[str], None]
    ) -> None:
        await self._serve(host, port, lambda: self._settle_in(listening))

    def _settle_in(self, listening: Callable[[str], None]) -> None:
        loop = asyncio.get_running_loop()
        if self._stop is not None:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self._stop.set)
        listening(self.url)

    async def _serve(self, host: str, port: int, listening: Callable[[], None]) -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        respond, connections = self.site.respond, self._connections
        server = await loop.create_server(
            lambda: HttpProtocol(respond, connections), host, port, backlog=1_024
        )
        self.host, self.port = host, server.sockets[0].getsockname()[1]
        self._loop, self._stop = loop, stop
        listening()
        await stop.wait()
        server.close()
        for connection in tuple(connections):
            connection.abort()
        # Aborted transports close their sockets in the loop's next turn.
        await asyncio.sleep(0.01)
