"""A server that does to the wire whatever a test orders, byte by byte."""

import contextlib
import functools
import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

SECONDS = 10.0
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Peer:
    """One accepted connection, on the server's side."""

    def __init__(self, wire: socket.socket, number: int, server: "RawServer") -> None:
        wire.settimeout(SECONDS)
        self.wire = wire
        self.number = number
        self.server = server

    def request(self) -> bytes:
        """Read one request; nothing when the client has closed."""
        read = b""
        while b"\r\n\r\n" not in read:
            block = self.wire.recv(65_536)
            if not block:
                return b""
            read += block
        head, _, body = read.partition(b"\r\n\r\n")
        size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        while len(body) < size:
            body += self.wire.recv(65_536)
        self.server.requests.append(head + b"\r\n\r\n" + body)
        return self.server.requests[-1]

    def send(self, content: bytes) -> None:
        self.wire.sendall(content)

    def drip(self, content: bytes, pause: float = 0.05) -> None:
        """Send byte by byte until the client has had enough."""
        for n in range(len(content)):
            self.wire.sendall(content[n : n + 1])
            if self.server.stopping.wait(pause):
                return

    def left_by_client(self) -> None:
        """Wait until the client closes; note that it did."""
        with contextlib.suppress(ConnectionError):
            while self.wire.recv(65_536):
                pass
        self.server.left.set()

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        linger = b"\1\0\0\0\0\0\0\0"
        self.wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.wire.close()


Act = Callable[[Peer], None]


class RawServer:
    """Listens on loopback and lets `act` handle each connection in a thread.

    Attributes:
        requests: head and body of each request that was read whole.
        accepted: how many connections there were.
        left: set when a client was seen closing its connection.
        stopping: set when the test is over.
    """

    def __init__(self, act: Act, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.accepted = 0
        self.left = threading.Event()
        self.stopping = threading.Event()
        self._act = act
        self._tls = tls
        self._threads: list[threading.Thread] = []
        self._wires: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http{'s' if self._tls else ''}://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        # Closing alone would not wake the thread that accepts.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for wire in self._wires:
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(SECONDS)
        self._listener.close()

    def _start(self, act: Callable[[], None]) -> None:
        thread = threading.Thread(target=act, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                wire, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            self._wires.append(wire)
            self._start(functools.partial(self._serve, wire, self.accepted))

    def _serve(self, wire: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError), wire:
            if self._tls is None:
                self._act(Peer(wire, number, self))
                return
            with self._tls.wrap_socket(wire, server_side=True) as secure:
                # Wrapping has emptied the plain socket.
                self._wires.append(secure)
                self._act(Peer(secure, number, self))


#: Starts a server; it ends with the test.
Serve = Callable[[Act], RawServer]


def answering(*answers: bytes) -> Act:
    """Answer the requests of a connection with these, then close it."""

    def act(peer: Peer) -> None:
        for answer in answers:
            if not peer.request():
                return
            peer.send(answer)

    return act


def always(answer: bytes = OK) -> Act:
    """Answer every request of a connection alike until the client closes."""

    def act(peer: Peer) -> None:
        while peer.request():
            peer.send(answer)
        peer.server.left.set()

    return act
