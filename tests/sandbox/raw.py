"""One raw conversation over a socket, down to how the connection ended."""

import socket
from dataclasses import dataclass

_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Conversation:
    """All bytes that came, and the end: `closed`, `reset` or `open`."""

    received: bytes
    end: str

    @property
    def head(self) -> str:
        return self.received.partition(b"\r\n\r\n")[0].decode("latin-1")

    @property
    def body(self) -> bytes:
        return self.received.partition(b"\r\n\r\n")[2]


def request(
    method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> bytes:
    every = {"Host": "sandbox", "Content-Length": str(len(body))} | (headers or {})
    lines = "".join(f"{name}: {value}\r\n" for name, value in every.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def converse(port: int, *parts: bytes, enough: int | None = None) -> Conversation:
    """Send the parts, then read until the end, or until `enough` bytes came."""
    received = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=_SECONDS) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            link.sendall(part)
        try:
            while enough is None or len(received) < enough:
                part = link.recv(65_536)
                if not part:
                    return Conversation(bytes(received), "closed")
                received += part
        except ConnectionResetError:
            return Conversation(bytes(received), "reset")
    return Conversation(bytes(received), "open")
