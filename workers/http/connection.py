"""HTTP connection on which every wait ends at one total deadline.

A read timeout is not a deadline: under `timeout=1` a partner that sends a byte
every 0.7 s holds a thread for as long as it likes. Here each receive and each
send is given the time that is left, and the TLS handshake, whose time-out the
`ssl` module counts as a whole, the time left for connecting. What cannot be
bounded without another thread is the name look-up inside the C library; its
own limits (`resolv.conf`: timeout, attempts) hold there, and the deadline is
looked at as soon as it returns.

A request is one send and a short answer one receive. The pool, the TLS
handshake and the check of the certificate stay urllib3's.
"""

import socket
import ssl
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import SSLError
from urllib3.util.ssl_match_hostname import CertificateError

from workers.http.errors import Fault, OwnFault
from workers.http.response import Needs, Response, read_reply
from workers.http.sockets import Incoming, Way, time_left

#: Seconds for an answer that has come while its request could not be sent to the end.
LAST_LOOK: Final = 0.05


#: Seconds until a certificate file is looked at again that could not be used.
FILE_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request as bytes, and the bounds of its answer.

    Attributes:
        head: the request line and headers, blank line included.
        body: sent behind the head, in the same packet if it fits.
        until: the monotonic second at which everything must have ended.
        max_bytes: see `read_reply`.
        needs: see `read_reply`.
    """

    head: bytes
    body: bytes
    until: float
    max_bytes: int
    needs: Needs


class DeadlineConnection(HTTPConnection):
    """A kept connection; urllib3's pool hands it to one thread at a time."""

    def __init__(
        self, *places: Any, way: Way, idle_seconds: float, **options: Any
    ) -> None:
        super().__init__(*places, **options)
        self._way = way
        self._idle_seconds = idle_seconds
        self._used = monotonic()
        self._exchange: Exchange | None = None
        self._until = 0.0

    @property
    def is_connected(self) -> bool:
        # Many servers and balancers close a connection that has been idle for
        # a while; the request that meets the close is lost and ambiguous. An
        # older one is not worth that.
        young = monotonic() - self._used < self._idle_seconds
        return young and super().is_connected

    def _new_conn(self) -> socket.socket:
        return self._way.connect(
            self._dns_host,
            self.port or 0,
            secure=isinstance(self, HTTPSConnection),
            seconds=float(self.timeout or 0),
        )

    def request(self, *_call: Any, body: Any = None, **_options: Any) -> None:
        """Send an `Exchange`, which the pool passes through as the body.

        Raises:
            Fault: there is no connection, or no time left to send anything.
        """
        exchange: Exchange = body
        self._exchange, self._until = exchange, exchange.until
        if self.sock is None:
            self.connect()
        if monotonic() >= exchange.until:
            # Not "timeout": nothing was sent, so nothing is in doubt.
            raise Fault("took its connection too late", code="connect")
        try:
            self._send(memoryview(exchange.head + exchange.body))
        except TimeoutError:
            # It has stopped reading, and may have answered before.
            self._until = monotonic() + LAST_LOOK

    def _send(self, unsent: memoryview) -> None:
        while unsent:
            self.sock.settimeout(time_left(self._until))
            unsent = unsent[self.sock.send(unsent) :]

    def getresponse(self) -> Any:
        """Return an `Answer`; the pool only passes it on."""
        exchange = self._exchange
        if exchange is None:
            raise RuntimeError("an answer is read behind a request")
        incoming = Incoming(self.sock, self._until)
        answer = read_reply(
            incoming.receive,
            max_bytes=exchange.max_bytes,
            needs=exchange.needs,
            hurry=incoming.hurry,
        )
        self._exchange = None
        self._used = monotonic()
        if not answer.reusable:
            self.close()
        return PooledAnswer(answer)


class SecureDeadlineConnection(DeadlineConnection, HTTPSConnection):
    """The same through TLS; SNI, Host and certificate keep the URL's name."""

    def connect(self) -> None:
        """Connect and shake hands.

        Raises:
            Fault: it did not come to a verified TLS connection.
            OwnFault: a certificate file of ours cannot be used.
        """
        try:
            super().connect()
        except TimeoutError as error:
            what = f"finished no TLS handshake in time{self._way.through}"
            raise Fault(what, code="connect") from error
        except FileNotFoundError as error:
            raise _unusable_file() from error
        except SSLError as error:
            # What urllib3 wraps itself comes from the files, not from the handshake.
            raise _unusable_file() from error
        except (CertificateError, OSError) as error:
            why = _tls_reason(error)
            what = f"came to no TLS connection{self._way.through}: {why}"
            raise Fault(what, code="tls") from error


class DeadlinePool(HTTPConnectionPool):
    """urllib3's pool of such connections to one host and port."""

    ConnectionCls = DeadlineConnection


class SecureDeadlinePool(HTTPSConnectionPool):
    """urllib3's pool of such connections with one TLS configuration."""

    ConnectionCls = SecureDeadlineConnection


class PooledAnswer:
    """An answer with the attributes that urllib3's pool sets and reads."""

    __slots__ = ("_connection", "_pool", "answer", "headers", "retries", "status")
    version_string = "HTTP/1.1"
    length_remaining = 0

    def __init__(self, answer: Response) -> None:
        self.answer = answer
        self.status = answer.status
        self.headers = answer.headers


def _unusable_file() -> OwnFault:
    what = "was not called: a certificate file for it cannot be used; look at its path"
    return OwnFault(what, code="certificate", after=FILE_SECONDS)


def _tls_reason(error: Exception) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"certificate refused, {error.verify_message}"
        case ssl.SSLError() if error.reason:
            return error.reason
    return type(error).__name__
