"""A small HTTP proxy that knows CONNECT and nothing else."""

import base64
import select
import socket
from collections.abc import Mapping

from tests.http.raw_server import Act, Peer

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\nVia: proxy\r\n\r\n"


def connect_head(peer: Peer) -> bytes:
    """Read one request without a body; nothing when the client has closed."""
    read = b""
    while b"\r\n\r\n" not in read:
        block = peer.wire.recv(65_536)
        if not block:
            return b""
        read += block
    peer.server.requests.append(read)
    return read


def asked_for(head: bytes) -> str:
    """Where a CONNECT wants to go, as it wrote it."""
    return head.split(b" ")[1].decode()


def refusing(answer: bytes) -> Act:
    """Answer every CONNECT with these bytes and close."""

    def act(peer: Peer) -> None:
        if connect_head(peer):
            peer.send(answer)

    return act


def carrying(ports: Mapping[str, int], user: str = "") -> Act:
    """Carry tunnels to ports of this machine.

    Args:
        ports: by what a CONNECT asks for; it answers 503 for anything else.
        user: who must be named, as "user:password"; "": anybody may come.
    """

    def act(peer: Peer) -> None:
        head = connect_head(peer)
        if not head:
            return
        if user and not _names(head, user):
            peer.send(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            return
        port = ports.get(asked_for(head))
        if port is None:
            peer.send(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", port)) as far:
            peer.send(ESTABLISHED)
            _carry(peer.wire, far)

    return act


def _names(head: bytes, user: str) -> bool:
    pair = base64.b64encode(user.encode())
    return b"\r\nProxy-Authorization: Basic " + pair + b"\r\n" in head


def _carry(near: socket.socket, far: socket.socket) -> None:
    other = {near: far, far: near}
    while True:
        for one in select.select([near, far], [], [])[0]:
            block = one.recv(65_536)
            if not block:
                return
            other[one].sendall(block)
