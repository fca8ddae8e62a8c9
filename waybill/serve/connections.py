"""Connections of the door: how many there may be, and how long one may take.

uvicorn waits for ever for a connection's first byte, and for the rest of a request's
head; only between two requests it has a time.
"""

import asyncio
from typing import Any

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from workers.settings.door import HttpDoor

#: Seconds for which a connection without a request stays open.
KEEP_ALIVE = 15

#: Seconds for requests under way when it is told to stop; a container has ten.
STOPPING = 8


def config_of(app: Any, bounds: HttpDoor, **more: Any) -> uvicorn.Config:
    """How uvicorn serves the door.

    Args:
        app: the door's application.
        bounds: of its settings.
        more: uvicorn's own, such as certificates.
    """
    return uvicorn.Config(
        app,
        http=patient(AutoHTTPProtocol, bounds.seconds),
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        limit_concurrency=bounds.most_connections,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=STOPPING,
        **more,
    )


def patient(protocol: Any, seconds: float) -> type[asyncio.Protocol]:
    """One of uvicorn's protocols that gives a request's head so many seconds."""
    return type("PatientProtocol", (Patient, protocol), {"_seconds": seconds})


class Patient(asyncio.Protocol):
    """A connection that is closed when no whole head comes in time.

    The time counts from the connection's begin, and from the first byte that comes
    after a request was answered: of the next one, or what is left of a body that nobody
    reads. It goes before one of uvicorn's protocols.
    """

    cycle: Any
    transport: asyncio.Transport
    _seconds: float
    _ends: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        super().data_received(data)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        self._rest()
        super().connection_lost(exc)

    def _wait(self) -> None:
        """Have the connection end in time, unless a request is being served."""
        if self._is_serving():
            self._rest()
        elif self._ends is None:
            loop = asyncio.get_running_loop()
            self._ends = loop.call_later(self._seconds, self._end)

    def _is_serving(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _rest(self) -> None:
        if self._ends is not None:
            self._ends.cancel()
            self._ends = None

    def _end(self) -> None:
        self._ends = None
        if not self._is_serving():
            self.transport.abort()
