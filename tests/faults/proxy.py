"""A TCP proxy that does to a connection what networks do, switched while it runs."""

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from contextlib import suppress
from enum import Enum
from typing import Any, Self

#: Closes a socket with a reset instead of a proper end.
LINGER_NOT = struct.pack("ii", 1, 0)
CHUNK = 65_536


class Mode(Enum):
    """What happens to connections, those that exist and those that come.

    A connection of which bytes were swallowed stays dead in every later mode: the
    stream has a gap, and a real network would not mend it either.
    """

    PASS = "what comes is handed on"
    RST = "all are reset at once, also those that come"
    BLACKHOLE = "all is swallowed, both ends believe that they are connected"
    DROP = "the server's end is closed, the client is never notified"
    DROP_REPLIES = "requests arrive and are executed, replies are swallowed"
    LATENCY = "what comes is handed on later, both ways"


class Link:
    """One connection through the proxy."""

    def __init__(self, client: asyncio.StreamWriter) -> None:
        self.client = client
        self.server: asyncio.StreamWriter | None = None
        self.dead = False

    def reset(self) -> None:
        """Tell the client by a reset, and the server too."""
        for end in (self.client, self.server):
            if end is not None:
                _reset(end)

    def drop(self) -> None:
        """Close the server's end and leave the client in its belief."""
        self.dead = True
        if self.server is not None:
            _reset(self.server)


def _reset(end: asyncio.StreamWriter) -> None:
    plug = end.get_extra_info("socket")
    with suppress(OSError):
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    end.transport.abort()


class Proxy:
    """A proxy on a port of its own, as long as the `with` lasts.

    Args:
        port: where the server listens, on this machine.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._mode = Mode.PASS
        self._seconds = 0.0
        self._links: set[Link] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="proxy", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        listening = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = self._run(listening)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10.0)
        self._loop.close()

    def lead_to(self, port: int) -> None:
        """Lead connections that come to another server; those that exist stay."""
        self._target = port

    def switch(self, mode: Mode, seconds: float = 0.0) -> None:
        """Change what happens; it is in force when this returns.

        Args:
            mode: from now on.
            seconds: by which `Mode.LATENCY` is late, each way.
        """
        self._run(self._switch(mode, seconds))

    def _run(self, what: "Coroutine[Any, Any, Any]") -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(10.0)

    async def _switch(self, mode: Mode, seconds: float) -> None:
        self._mode, self._seconds = mode, seconds
        for link in tuple(self._links):
            if mode is Mode.RST:
                link.reset()
            elif mode is Mode.DROP:
                link.drop()

    async def _close(self) -> None:
        self._server.close()
        for link in tuple(self._links):
            link.reset()
        mine = asyncio.current_task()
        left = [task for task in asyncio.all_tasks() if task is not mine]
        await asyncio.wait_for(asyncio.gather(*left, return_exceptions=True), 5.0)

    async def _serve(
        self, reader: asyncio.StreamReader, client: asyncio.StreamWriter
    ) -> None:
        link = Link(client)
        self._links.add(link)
        try:
            await self._connected(link, reader)
        except OSError:
            link.reset()
        finally:
            self._links.discard(link)
            link.reset()

    async def _connected(self, link: Link, reader: asyncio.StreamReader) -> None:
        """Carry one connection until its client has gone."""
        if self._mode is Mode.RST:
            return
        if self._mode in {Mode.BLACKHOLE, Mode.DROP}:
            link.dead = True
            await _swallowed(reader)
            return
        answers, link.server = await asyncio.open_connection("127.0.0.1", self._target)
        back = asyncio.create_task(self._replies(link, answers))
        try:
            await self._requests(link, reader, link.server)
        finally:
            link.server.transport.abort()
            await asyncio.gather(back, return_exceptions=True)

    async def _requests(
        self, link: Link, reader: asyncio.StreamReader, server: asyncio.StreamWriter
    ) -> None:
        while sent := await reader.read(CHUNK):
            await self._late()
            if self._mode is Mode.BLACKHOLE:
                link.dead = True
            # After a lost reply the server still receives what the client sends.
            if self._mode is Mode.DROP_REPLIES or not link.dead:
                server.write(sent)

    async def _replies(self, link: Link, answers: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while sent := await answers.read(CHUNK):
                await self._late()
                if self._mode in {Mode.BLACKHOLE, Mode.DROP_REPLIES}:
                    link.dead = True
                if not link.dead:
                    link.client.write(sent)
        # A server that hangs up is news that a dead connection does not carry.
        if not link.dead:
            _reset(link.client)

    async def _late(self) -> None:
        if self._mode is Mode.LATENCY:
            await asyncio.sleep(self._seconds)


async def _swallowed(reader: asyncio.StreamReader) -> None:
    while await reader.read(CHUNK):
        pass
