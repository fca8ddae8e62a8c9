"""Connection pool and request line of a URL.

Worked out once per URL, since it costs more than the request itself.
"""

from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlsplit

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import HTTPError

from tasks.outcomes.errors import NotYet, PermanentError
from workers.http.address_guard import AddressGuard
from workers.http.connection import DeadlinePool, SecureDeadlinePool
from workers.http.request_head import field_lines, host_field
from workers.http.sockets import Way

#: Client certificate: one file with both, or certificate and key.
Certificate = str | tuple[str, str] | None
#: Whether certificates are checked or by whose authority, and our own one.
Tls = tuple[bool | str, Certificate]

#: Routes that are remembered before all are worked out anew.
REMEMBERED: Final = 2_048


@dataclass(frozen=True, slots=True)
class Route:
    """Where a URL leads.

    Attributes:
        pool: connections to the URL's host with the TLS settings asked for.
        target: the request line's path and query.
        fields: header lines that every request to it carries.
    """

    pool: HTTPConnectionPool
    target: str
    fields: str


class _Adapter(HTTPAdapter):
    """requests' adapter, with pools of connections that keep a total deadline."""

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        super().init_poolmanager(*sizes, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": DeadlinePool,
            "https": SecureDeadlinePool,
        }


class Routes:
    """The routes of one process.

    Args:
        user_agent: sent with every request.
        pool: connections kept per host.
        way: how connections come about.
        guard: decides where URLs may point, when the partner chooses them.
        idle_seconds: how old an unused connection may be to be used again.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        pool: int,
        way: Way,
        guard: AddressGuard | None,
        idle_seconds: float,
    ) -> None:
        # More pools than routes: a pool that is in use is never thrown out.
        self._adapter = _Adapter(pool_connections=2 * REMEMBERED, pool_maxsize=pool)
        self._guard = guard
        self._connection = {"way": way, "idle_seconds": idle_seconds}
        # No encodings: what is never decoded cannot unfold.
        always = {"User-Agent": user_agent, "Accept-Encoding": "identity"}
        self._fields = field_lines(always, "every partner")
        self._known: dict[tuple[str, Tls], Route] = {}

    def find(self, url: str, of_whom: str, tls: Tls) -> Route:
        """Return where a URL leads.

        Raises:
            PermanentError: not an http or https URL without user and password
                (code "url"), or refused by the guard (code "target").
            NotYet: a certificate file of ours cannot be read.
        """
        known = self._known.get((url, tls))
        if known is not None:
            return known
        route = self._route(url, of_whom, tls)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[url, tls] = route
        return route

    def close(self) -> None:
        """Forget everything and close the kept connections."""
        self._known.clear()
        self._adapter.close()

    def _route(self, url: str, of_whom: str, tls: Tls) -> Route:
        if self._guard is not None:
            self._guard.check(url)
        request = _prepared(url, of_whom)
        pool = self._pool(request, of_whom, tls)
        host = host_field(request.url or "")
        fields = field_lines({"Host": host}, of_whom) + self._fields
        return Route(pool, request.path_url, fields)

    def _pool(
        self, request: PreparedRequest, of_whom: str, tls: Tls
    ) -> HTTPConnectionPool:
        verify, cert = tls
        try:
            pool = self._adapter.get_connection_with_tls_context(
                request, verify, cert=cert
            )
            self._adapter.cert_verify(pool, request.url, verify, cert)  # type: ignore[no-untyped-call] # the stubs have no types for it
        except (RequestException, HTTPError) as error:
            raise _unusable(of_whom) from error
        except OSError as error:
            what = f"a certificate file for {of_whom} cannot be read; look at its path"
            raise NotYet(what, code="certificate", after=300, shared=True) from error
        # The adapter's pools are all made by the two classes it was given.
        ours = cast("HTTPConnectionPool", pool)
        ours.conn_kw |= self._connection
        return ours


def _prepared(url: str, of_whom: str) -> PreparedRequest:
    request = PreparedRequest()
    try:
        request.prepare_url(url, None)
        parts = urlsplit(request.url or "")
        usable = parts.scheme in ("http", "https") and "@" not in parts.netloc
    except (RequestException, ValueError) as error:
        raise _unusable(of_whom) from error
    if not usable:
        raise _unusable(of_whom)
    return request


def _unusable(of_whom: str) -> PermanentError:
    what = f"the URL of {of_whom} is not an http or https URL without a user"
    return PermanentError(what, code="url")
