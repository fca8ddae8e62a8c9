"""HTTP client for one request and its answer, within a total deadline.

What requests does well is kept, through its adapter and its prepared request:
the spelling of URLs, the pool per TLS configuration, the trusted certificates.
Its session is left out, and with it everything that a call between machines
must not do: cookies, redirects, `.netrc`, proxies from the environment, hooks.
Nothing is ever sent a second time here: whether a broken POST arrived is for
the caller to decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Final, Literal, cast

from urllib3 import HTTPConnectionPool
from urllib3.util import Retry, Timeout

from workers.http.address_guard import AddressGuard
from workers.http.connection import Exchange, PooledAnswer
from workers.http.errors import NETWORK_ERRORS, partner_error
from workers.http.pool import Certificate, Routes
from workers.http.proxy import Proxy
from workers.http.request_head import field_lines, request_head
from workers.http.response import Needs, Response
from workers.http.sockets import Direct, Way, resolve
from workers.http.tunnel import Tunnel

#: A POST is never repeated by the pool, and a redirect never followed.
ONCE: Final = Retry(total=False, redirect=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """A partner's answer.

    Attributes:
        status: 200 to 999; 3xx is never followed.
        headers: by lower-case name.
        body: the bytes as sent.
        milliseconds: from the call to the last byte.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    milliseconds: float


class HttpClient:
    """The one client of a process; any number of threads may call it at once.

    Args:
        user_agent: sent with every request.
        connect_seconds: the most time for connecting, TLS handshake included.
        pool: connections kept per host; more may be open, but are not kept.
        guard: decides where URLs may point, when the partner chooses them.
        idle_seconds: how old an unused connection may be to be used again.
        authorities: PEM file of those whose certificates are trusted; "": the public
            ones that come with certifi.
        proxy: through which everything goes; None: straight to the hosts.
    """

    def __init__(  # noqa: PLR0913 - what all calls of one client have in common
        self,
        *,
        user_agent: str,
        connect_seconds: float = 5.0,
        pool: int = 64,
        guard: AddressGuard | None = None,
        idle_seconds: float = 15.0,
        authorities: str = "",
        proxy: Proxy | None = None,
    ) -> None:
        self._routes = Routes(
            user_agent=user_agent,
            pool=pool,
            way=_way(guard, proxy, user_agent),
            guard=guard,
            idle_seconds=idle_seconds,
        )
        self._authorities = authorities
        self._connect_seconds = connect_seconds
        # What follows connecting is bounded by the connection itself.
        self._timeout = Timeout(connect=connect_seconds, read=None)

    def send(  # noqa: PLR0913 - one call has everything about one request
        self,
        method: Literal["GET", "POST"],
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        deadline: float,
        of_whom: str,
        max_bytes: int = 1_048_576,
        needs: Needs = "body",
        verify: bool | str = True,
        cert: Certificate = None,
    ) -> Reply:
        """Send one request and read its answer, whatever its status.

        Args:
            method: GET or POST.
            url: http or https, without user and password.
            headers: besides Host, User-Agent, Accept-Encoding, Content-Length.
            body: sent as it is.
            deadline: seconds from connecting, a proxy's tunnel included, until the
                last byte of the answer; the time of a name look-up inside the C
                library cannot be cut short.
            of_whom: the partner's name, for messages.
            max_bytes: the most bytes of the answer's body that are read.
            needs: what the caller cannot do without: the body of a 2xx, whole and
                within its limit, or the status alone. A status that decides by itself
                is an answer whatever comes behind it; at most 4 KiB of its body are
                kept.
            verify: the file of the authorities that are trusted in this call, True
                for the client's own, False for no check at all.
            cert: our own certificate.

        Raises:
            Unavailable: no answer within the deadline, or not what is needed of one.
            PermanentError: the URL or a header cannot be sent, or the guard
                refuses where it leads.
            NotYet: a certificate file of ours cannot be read, or our proxy is at
                fault.
        """
        began = monotonic()
        trusted = self._authorities or True if verify is True else verify
        route = self._routes.find(url, of_whom, (trusted, cert))
        content, own = body or b"", field_lines(headers, of_whom)
        head = request_head(method, route.target, route.fields, own, len(content))
        exchange = Exchange(head, content, began + deadline, max_bytes, needs)
        answer = self._exchanged(route.pool, method, exchange, deadline, of_whom)
        spent = (monotonic() - began) * 1_000
        return Reply(answer.status, answer.headers, answer.data, spent)

    def close(self) -> None:
        """Close the kept connections; calls in flight end as they will."""
        self._routes.close()

    def _exchanged(
        self,
        pool: HTTPConnectionPool,
        method: str,
        exchange: Exchange,
        deadline: float,
        of_whom: str,
    ) -> Response:
        # The pool passes the exchange through as a body, and its answer back.
        # It gets no URL: it would only parse it again and write it to its log.
        try:
            pooled = pool.urlopen(
                method,
                "/",
                body=cast("bytes", exchange),
                headers={},
                retries=ONCE,
                redirect=False,
                assert_same_host=False,
                timeout=self._connecting(deadline),
            )
        except NETWORK_ERRORS as error:
            raise partner_error(error, of_whom, deadline) from error
        return cast("PooledAnswer", pooled).answer

    def _connecting(self, deadline: float) -> Timeout:
        if deadline >= self._connect_seconds:
            return self._timeout
        return Timeout(connect=deadline, read=None)


def _way(guard: AddressGuard | None, proxy: Proxy | None, user_agent: str) -> Way:
    judge = None if guard is None else guard.addresses
    if proxy is None:
        return Direct(judge or resolve)
    return Tunnel(proxy, judge, user_agent)
