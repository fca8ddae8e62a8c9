"""Socket operations with a deadline: connect and receive."""

import socket
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Final, Protocol

from workers.http.errors import Fault

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


class Way(Protocol):
    """How a connection to a host comes about."""

    @property
    def through(self) -> str:
        """What stands in between, for a message; "" for nothing."""

    def connect(
        self, host: str, port: int, *, secure: bool, seconds: float
    ) -> socket.socket:
        """Return a connection whose time-out is what is left of the seconds.

        Raises:
            Fault: there is none; nothing was sent to the host.
            PermanentError: the host stands for an address that may not be called.
        """


class Direct:
    """The straight way: to the addresses that a name stands for.

    Args:
        resolve: finds them.
    """

    through = ""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve

    def connect(
        self, host: str, port: int, *, secure: bool, seconds: float
    ) -> socket.socket:
        """See `Way`."""
        until = monotonic() + seconds
        try:
            return dial(self._resolve(host, port, secure), until)
        except OSError as error:
            # Never "timeout": nothing was sent, so nothing is in doubt.
            code = "dns" if isinstance(error, socket.gaierror) else "connect"
            raise Fault(unconnected(error, seconds), code=code) from error


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


def unconnected(error: OSError, seconds: float) -> str:
    """Describe why there is no connection, behind a name."""
    match error:
        case socket.gaierror():
            return "has a name that cannot be looked up"
        case TimeoutError():
            return f"took no connection within {seconds:g} s"
    return f"took no connection ({error.strerror or type(error).__name__})"


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


#: Seconds that the rest of an answer is waited for when its status decides by itself.
#: Then the connection is closed: a receiver that never ends must not hold a thread.
REST_SECONDS: Final = 5.0


class Incoming:
    """What one socket receives.

    Args:
        plug: connected.
        until: the monotonic second at which everything must have come.
    """

    __slots__ = ("_plug", "_until")

    def __init__(self, plug: socket.socket, until: float) -> None:
        self._plug = plug
        self._until = until

    def receive(self, size: int) -> bytes:
        """Return up to so many bytes, none at the end of the connection.

        Raises:
            TimeoutError: the moment has come.
            OSError: the connection broke.
        """
        self._plug.settimeout(time_left(self._until))
        return self._plug.recv(size)

    def hurry(self) -> None:
        """Wait no longer than is worth it for what can be done without."""
        self._until = min(self._until, monotonic() + REST_SECONDS)
