"""Connects to the first of a name's addresses that answers, before a deadline."""

import socket
from collections.abc import Callable, Sequence
from time import monotonic

#: What `socket.getaddrinfo` returns: family, kind, protocol, name, address.
AddressInfo = tuple[
    socket.AddressFamily,
    socket.SocketKind,
    int,
    str,
    tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes],
]
#: From host, port and whether TLS follows to the addresses to try, in order.
Resolve = Callable[[str, int, bool], Sequence[AddressInfo]]


def resolve(host: str, port: int, secure: bool) -> Sequence[AddressInfo]:  # noqa: ARG001, FBT001 - a Resolve may need it
    """Look a name up, wherever it points to."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def time_left(until: float) -> float:
    """Return the seconds left, always more than none.

    Raises:
        TimeoutError: there are none.
    """
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def dial(addresses: Sequence[AddressInfo], until: float) -> socket.socket:
    """Return a connection whose time-out is the time that is left.

    Raises:
        OSError: why the last address could not be connected to.
    """
    failure = OSError("the name has no address")
    for address in addresses:
        try:
            return _connected(address, until)
        except OSError as error:
            failure = error
    raise failure


def _connected(address: AddressInfo, until: float) -> socket.socket:
    family, kind, protocol, _, place = address
    wire = socket.socket(family, kind, protocol)
    try:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire.settimeout(time_left(until))
        wire.connect(place)
        # What is left is for the TLS handshake, if one follows.
        wire.settimeout(time_left(until))
    except BaseException:
        wire.close()
        raise
    return wire
