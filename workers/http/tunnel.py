"""Tunnel through an HTTP proxy by CONNECT, for https and http alike.

In a tunnel the proxy carries bytes and sends none of its own, so that an answer is
always the receiver's, and whatever fails before the tunnel stands was sent to nobody.
"""

import socket
from collections.abc import Iterator
from http import HTTPStatus
from time import monotonic
from typing import Final

from tasks.outcomes.errors import PermanentError
from workers.http.errors import Fault, OwnFault
from workers.http.proxy import Proxy, authority
from workers.http.receive_buffer import ReceiveBuffer
from workers.http.response_head import final_status, header_block
from workers.http.sockets import (
    Incoming,
    Resolve,
    dial,
    resolve,
    time_left,
    unconnected,
)

#: Seconds until a proxy is tried again that is away or busy.
AWAY_SECONDS: Final = 60.0
#: The same for one whose refusal a person must mend.
REFUSED_SECONDS: Final = 300.0
_BUSY: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


class Tunnel:
    """The way through a proxy; see `Way`.

    Args:
        proxy: where it begins.
        judge: resolves and judges the host here, for hosts that a partner chose: the
            proxy is then asked for the judged address, never for the name. None
            leaves the name to the proxy.
        user_agent: sent to the proxy.
    """

    def __init__(self, proxy: Proxy, judge: Resolve | None, user_agent: str) -> None:
        self._proxy = proxy
        self._judge = judge
        self._fields = f"User-Agent: {user_agent}\r\n"
        if proxy.authorization:
            self._fields += f"Proxy-Authorization: {proxy.authorization}\r\n"

    @property
    def through(self) -> str:
        """See `Way`."""
        return f" through {self._proxy}"

    def connect(
        self, host: str, port: int, *, secure: bool, seconds: float
    ) -> socket.socket:
        """See `Way`; the seconds are for the proxy's connection and its answer.

        Raises:
            OwnFault: the proxy itself is at fault.
            Fault: the proxy did not come to the host.
            PermanentError: the host stands for an address that may not be called.
        """
        until = monotonic() + seconds
        failure = Fault("has a name without an address", code="dns")
        for place in self._places(host, port, secure=secure):
            try:
                return self._opened(authority(place, port), until, seconds)
            except OwnFault:
                raise
            except Fault as fault:
                failure = fault
        raise failure

    def _opened(self, place: str, until: float, seconds: float) -> socket.socket:
        plug = dial_proxy(self._proxy, until, seconds)
        try:
            self._open(plug, place, until)
            # What is left is for the TLS handshake, if one follows.
            plug.settimeout(time_left(until))
        except (Fault, OSError) as error:
            plug.close()
            raise self._translated(error, seconds) from error
        except BaseException:
            plug.close()
            raise
        return plug

    def _places(self, host: str, port: int, *, secure: bool) -> Iterator[str]:
        if self._judge is None:
            yield host
            return
        try:
            found = self._judge(host, port, secure)
        except OSError as error:
            what = "has a name that cannot be looked up here; the proxy is not asked"
            what += " for it, since where it leads could not be judged"
            raise Fault(what, code="dns") from error
        for place in dict.fromkeys(str(address[4][0]) for address in found):
            if "%" in place:
                what = "the target URL is refused: its address is one of this machine's"
                raise PermanentError(f"{what} networks alone", code="target")
            yield place

    def _open(self, plug: socket.socket, place: str, until: float) -> None:
        """Ask for a tunnel, and read the proxy's answer to the last byte of it."""
        head = f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{self._fields}\r\n"
        plug.settimeout(time_left(until))
        plug.sendall(head.encode("latin-1"))
        source = ReceiveBuffer(Incoming(plug, until).receive)
        status, _ = final_status(source)
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise self._refusal(status, place)
        header_block(source)
        if source.buffer:
            # Nobody behind the proxy has been asked anything yet.
            what = f"was not called: {self._proxy} answers in its stead"
            raise OwnFault(what, code="proxy", after=REFUSED_SECONDS)

    def _refusal(self, status: int, place: str) -> Fault:
        proxy, code = self._proxy, f"proxy_{status}"
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            what = f"was not reached: {proxy} came to no connection with {place}"
            return Fault(f"{what} ({status})", code=code)
        if status in _BUSY:
            what = f"was not called: {proxy} asks to wait ({status})"
            return OwnFault(what, code=code, after=AWAY_SECONDS)
        if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            why = "wants another user or password (407); look at the setting's"
        else:
            why = f"refuses a connection with {place} ({status}); have it allowed there"
        what = f"was not called: {proxy} {why}"
        return OwnFault(what, code=code, after=REFUSED_SECONDS)

    def _translated(self, error: Fault | OSError, seconds: float) -> Fault:
        """Name what broke the asking; whose fault it is stays open but for garbage."""
        proxy = self._proxy
        match error:
            case OwnFault():
                return error
            case Fault(code="protocol"):
                what = f"was not called: {proxy} {error}"
                return OwnFault(what, code="proxy", after=REFUSED_SECONDS)
            case Fault(code="reset" | "truncated"):
                what = f"was not reached: {proxy} {error}"
            case Fault():
                return error
            case TimeoutError():
                what = f"was not reached: {proxy} opened no tunnel within {seconds:g} s"
            case _:
                kind = type(error).__name__
                what = f"was not reached: {proxy} broke the connection ({kind})"
        return Fault(what, code="connect")


def dial_proxy(proxy: Proxy, until: float, seconds: float) -> socket.socket:
    """Connect to a proxy, and ask it for nothing yet.

    Args:
        proxy: where it is.
        until: the monotonic second at which this must have ended.
        seconds: how many were given, for the message.

    Raises:
        OwnFault: it is not reached.
    """
    try:
        return dial(resolve(proxy.host, proxy.port, False), until)  # noqa: FBT003 - a Resolve's shape
    except OSError as error:
        what = f"was not called: {proxy} {unconnected(error, seconds)}"
        raise OwnFault(what, code="proxy", after=AWAY_SECONDS) from error
