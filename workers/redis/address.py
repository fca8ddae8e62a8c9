"""Redis URL with one meaning for every library that connects.

redis-py, kombu and Flower read the same URL differently: an option that is a database
to one is an error to the next, `/abc` is database 0 to the first, and kombu checks no
certificate unless it is asked to. What is accepted here means the same to all of them.
"""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import SplitResult, quote, unquote, urlencode, urlsplit

from workers.redis.hosts import ENCODE, PORT, SENTINEL_PORT, Host, host_of, hosts_of
from workers.redis.url_options import (
    DATABASE,
    LEAST,
    NAMED,
    OF_SENTINELS,
    options_of,
)

FORMS: Final = (
    "redis://host:port/db, rediss://host:port/db, unix:///path?db=0,"
    " redis+sentinel://host:port,host:port/service/db or"
    " redis+cluster://host:port,host:port"
)
Scheme = Literal["redis", "rediss", "unix"]
_SCHEMES: Final[dict[str, Scheme]] = {
    "redis": "redis",
    "rediss": "rediss",
    "unix": "unix",
    "redis+sentinel": "redis",
    "rediss+sentinel": "rediss",
    "redis+cluster": "redis",
    "rediss+cluster": "rediss",
}
#: Names as a Sentinel's file may give to what it watches.
_SERVICE = re.compile(r"[A-Za-z0-9._-]+")
_TEXT = re.compile(r"[!-~]+")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Watched:
    """A primary that is not named itself: its sentinels are.

    Attributes:
        service: the name that the sentinels have for it.
        sentinels: where they are.
        user, password: by which the sentinels know who asks; "" for none.
    """

    service: str
    sentinels: tuple[Host, ...]
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """A Redis, as its URL names it.

    Attributes:
        scheme: how it is reached.
        host: a name or an address without brackets, "" for a unix socket; of the first
            sentinel where sentinels are asked.
        port: 1 to 65535; of no meaning for a unix socket.
        path: of a unix socket, "" otherwise.
        database: its number.
        user, password: "" when there is none.
        tls: options of redis-py's names, for rediss alone.
        watched: who knows where it is; None where the URL says that itself.
        nodes: of a Cluster, those that are asked for the others; none of another Redis.
    """

    scheme: Scheme
    host: str
    port: int
    path: str
    database: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    tls: Mapping[str, str] = field(default_factory=dict, repr=False)
    watched: Watched | None = None
    nodes: tuple[Host, ...] = ()

    @property
    def shown(self) -> str:
        """The address without anything that could be secret."""
        if self.scheme == "unix":
            return f"unix://{self.path} (database {self.database})"
        if self.watched is not None:
            hosts = ",".join(map(str, self.watched.sentinels))
            path = f"{self.watched.service}/{self.database}"
            return f"{self.scheme}+sentinel://{hosts}/{path}"
        if self.nodes:
            return f"{self.scheme}+cluster://{','.join(map(str, self.nodes))}"
        return f"{self.scheme}://{self._host_and_port}/{self.database}"

    @property
    def for_redis(self) -> str:
        """Its URL as redis-py reads it, once sentinels have said where it is."""
        return self._at(Host(self.host, self.port), self._login, self.database)

    def of_sentinel(self, sentinel: Host) -> str:
        """The URL of one of its sentinels, as redis-py reads it."""
        known = self.watched
        return self._at(sentinel, _login(known.user, known.password) if known else "")

    def of_node(self, node: Host) -> str:
        """The URL of one node of a Cluster, as redis-py reads it."""
        return self._at(node, self._login)

    def _at(self, host: Host, login: str, database: int = 0) -> str:
        options = f"?{urlencode(self.tls)}" if self.tls else ""
        return f"{self.scheme}://{login}{host}/{database}{options}"

    @property
    def for_kombu(self) -> str:
        """The URL as kombu spells it; TLS is set apart from it, by `tls_for_kombu`."""
        if self.scheme == "unix":
            socket = f"redis+socket://{self._login}{quote(self.path)}"
            return f"{socket}?virtual_host={self.database}"
        scheme = "sentinel" if self.watched is not None else self.scheme
        return f"{scheme}://{self._login}{self._host_and_port}/{self.database}"

    @property
    def tls_for_kombu(self) -> dict[str, Any] | None:
        """Celery's `broker_use_ssl`: kombu checks nothing that is not demanded here."""
        if self.scheme != "rediss":
            return None
        named = {name: text for name, text in self.tls.items() if name in NAMED}
        least = self.tls.get(LEAST)
        return {
            **named,
            **({LEAST: int(least)} if least else {}),
            "ssl_cert_reqs": ssl.CERT_REQUIRED,
            "ssl_check_hostname": True,
        }

    @property
    def _login(self) -> str:
        return _login(self.user, self.password)

    @property
    def _host_and_port(self) -> str:
        return str(Host(self.host, self.port))


def _login(user: str, password: str) -> str:
    secret = f":{quote(password, safe='')}" if password else ""
    return f"{quote(user, safe='')}{secret}@" if user or password else ""


def redis_address(url: str) -> RedisAddress:
    """Read a URL.

    Raises:
        ValueError: with what is wrong and what to write, and nothing of the URL that
            could be part of a password.
    """
    written = _scheme(url)
    scheme = _SCHEMES[written]
    parts, hosts = _parts(url)
    is_watched = written.endswith("+sentinel")
    asked, options = options_of(
        parts.query, secure=scheme == "rediss", watched=is_watched
    )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if scheme == "unix":
        path = _socket(parts)
        return RedisAddress(scheme, "", 0, path, asked or 0, user, password)
    watched, path = None, parts.path
    if is_watched:
        service, path = _service(parts.path)
        sentinels = hosts_of(hosts, SENTINEL_PORT)
        own = (options.pop(name, "") for name in OF_SENTINELS)
        watched = Watched(service, sentinels, *own)
    nodes = hosts_of(hosts, PORT) if written.endswith("+cluster") else ()
    first = nodes or (watched.sentinels if watched else (host_of(hosts, PORT),))
    database = _one_database(path, asked)
    if nodes and database:
        raise ValueError("names a database, and a Cluster has only 0: remove it")
    host = first[0]
    return RedisAddress(
        scheme,
        host.name,
        host.port,
        "",
        database,
        user,
        password,
        options,
        watched,
        nodes,
    )


def with_sentinels_login(url: str, user: str, password: str) -> str:
    """The URL with what the sentinels are to be shown; others as they are.

    Settings hold it apart, since it is another one than the primary's.
    """
    asks = url.startswith(("redis+sentinel://", "rediss+sentinel://"))
    if not asks or any(f"{name}=" in url for name in OF_SENTINELS):
        return url
    known = dict(zip(OF_SENTINELS, (user, password), strict=True))
    added = urlencode({name: text for name, text in known.items() if text})
    return url + (("&" if "?" in url else "?") + added if added else "")


def same_server(one: str, other: str) -> bool:
    """Whether both URLs lead to one server, perhaps as other users or databases."""

    def server(url: str) -> object:
        address = redis_address(url)
        if address.watched is not None:
            return address.watched.service, frozenset(address.watched.sentinels)
        return address.host, address.port, address.path

    nodes = frozenset(redis_address(one).nodes) & frozenset(redis_address(other).nodes)
    return bool(nodes) or server(one) == server(other)


def _scheme(url: str) -> str:
    written, colon, _ = url.partition("://")
    lower = written.lower()
    if not colon or len(written) > 20:  # noqa: PLR2004 - no scheme is longer
        raise ValueError(f"must be {FORMS}")
    if lower in {"sentinel", "sentinels"}:
        raise ValueError("names a Sentinel by another scheme: write redis+sentinel://")
    if lower in {"cluster", "clusters", "rediscluster"}:
        raise ValueError("names a Cluster by another scheme: write redis+cluster://")
    if lower in {"redis+socket", "redis+unix", "socket"}:
        raise ValueError("names a socket by another scheme: write unix:///path?db=0")
    if lower not in _SCHEMES:
        raise ValueError(f"must be {FORMS}")
    if written != lower:
        raise ValueError(f"must begin in lower case: {lower}://")
    return lower


def _parts(url: str) -> tuple[SplitResult, str]:
    """Return its parts, and the hosts apart: of several, `urlsplit` knows nothing."""
    if not _TEXT.fullmatch(url):
        raise ValueError(
            "holds a blank, a quote mark or a letter that is not ASCII: percent-encode"
            " it, or remove it"
        )
    scheme, _, rest = url.partition("://")
    netloc = re.split(r"[/?#]", rest, maxsplit=1)[0]
    login, at, hosts = netloc.rpartition("@")
    one = hosts.rpartition(",")[2]
    # What follows an unencoded special character ends in the @ before the host.
    try:
        parts = urlsplit(f"{scheme}://{login}{at}{one}{rest[len(netloc) :]}")
    except ValueError:
        raise ValueError(ENCODE) from None
    if _BARE_PERCENT.search(url) or "#" in url or "@" in parts.path + parts.query:
        raise ValueError(ENCODE)
    return parts, hosts


def _service(path: str) -> tuple[str, str]:
    """Return the name behind the first slash, and the path that is left of it."""
    service, slash, database = path.removeprefix("/").partition("/")
    if not _SERVICE.fullmatch(service):
        what = "must have after its hosts the name that the sentinels have for the"
        raise ValueError(f"{what} primary: redis+sentinel://host:port/SERVICE/db")
    return service, f"{slash}{database}"


def _socket(parts: SplitResult) -> str:
    if parts.netloc.rpartition("@")[2] or parts.path in {"", "/"}:
        raise ValueError("must be unix:///path, with three slashes and a path")
    return unquote(parts.path)


def _one_database(path: str, asked: int | None) -> int:
    text = path.removeprefix("/")
    if text and not DATABASE.fullmatch(text):
        raise ValueError("must have a database's number after its host, like /0")
    if text and asked is not None and int(text) != asked:
        raise ValueError("names two databases, after its host and as ?db=")
    return int(text) if text else asked or 0
