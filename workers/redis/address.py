"""Redis URL with one meaning for every library that connects.

redis-py, kombu and Flower read the same URL differently: an option that is a database
to one is an error to the next, `/abc` is database 0 to the first, and kombu checks no
certificate unless it is asked to. What is accepted here means the same to all of them.
"""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from typing import Any, Final, Literal
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}\.?")
_LONGEST = 253


def is_host_name(text: str) -> bool:
    """Return whether the resolver takes it: an IPv4 address, or labels of 1 to 63.

    It raises UnicodeError, which is no OSError, for an empty or longer label.
    """
    return len(text) <= _LONGEST and _NAME.fullmatch(text) is not None


FORMS: Final = "redis://host:port/db, rediss://host:port/db or unix:///path?db=0"
_PORT: Final = 6379
Scheme = Literal["redis", "rediss", "unix"]
_SCHEMES: Final[dict[str, Scheme]] = {
    "redis": "redis",
    "rediss": "rediss",
    "unix": "unix",
}
_TEXT = re.compile(r"[!-~]+")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DATABASE = re.compile(r"[0-9]{1,5}")

#: TLS options that name what checks and proves; all others are the product's own.
_NAMED: Final = frozenset(
    {"ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile", "ssl_password"}
)
#: Options that could turn the check of certificates off, with the values they may have.
_CHECKS: Final = {
    "ssl_cert_reqs": frozenset({"required"}),
    "ssl_check_hostname": frozenset({"true", "True", "1", "yes"}),
}
#: The least TLS, by OpenSSL's numbers: 1.2 and 1.3.
_LEAST, _LEASTS = "ssl_min_version", frozenset({"771", "772"})

_ENCODE: Final = (
    "cannot be read without doubt: percent-encode the special characters of user and"
    " password (/ is %2F, # is %23, ? is %3F, @ is %40, % is %25)"
)


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """A Redis, as its URL names it.

    Attributes:
        scheme: how it is reached.
        host: a name or an address without brackets, "" for a unix socket.
        port: 1 to 65535; of no meaning for a unix socket.
        path: of a unix socket, "" otherwise.
        database: its number.
        user, password: "" when there is none.
        tls: options of redis-py's names, for rediss alone.
    """

    scheme: Scheme
    host: str
    port: int
    path: str
    database: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    tls: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def shown(self) -> str:
        """The address without anything that could be secret."""
        if self.scheme == "unix":
            return f"unix://{self.path} (database {self.database})"
        return f"{self.scheme}://{self._host_and_port}/{self.database}"

    @property
    def for_kombu(self) -> str:
        """The URL as kombu spells it; TLS is set apart from it, by `tls_for_kombu`."""
        user = quote(self.user, safe="")
        password = f":{quote(self.password, safe='')}" if self.password else ""
        login = f"{user}{password}@" if self.user or self.password else ""
        if self.scheme == "unix":
            socket = f"redis+socket://{login}{quote(self.path)}"
            return f"{socket}?virtual_host={self.database}"
        return f"{self.scheme}://{login}{self._host_and_port}/{self.database}"

    @property
    def tls_for_kombu(self) -> dict[str, Any] | None:
        """Celery's `broker_use_ssl`: kombu checks nothing that is not demanded here."""
        if self.scheme != "rediss":
            return None
        named = {name: text for name, text in self.tls.items() if name in _NAMED}
        least = self.tls.get(_LEAST)
        return {
            **named,
            **({_LEAST: int(least)} if least else {}),
            "ssl_cert_reqs": ssl.CERT_REQUIRED,
            "ssl_check_hostname": True,
        }

    @property
    def _host_and_port(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def redis_address(url: str) -> RedisAddress:
    """Read a URL.

    Raises:
        ValueError: with what is wrong and what to write, and nothing of the URL that
            could be part of a password.
    """
    scheme = _scheme(url)
    parts = _parts(url)
    asked, tls = _options(parts.query, secure=scheme == "rediss")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if scheme == "unix":
        path = _socket(parts)
        return RedisAddress(scheme, "", 0, path, asked or 0, user, password)
    host, port = _host_and_port(parts)
    database = _one_database(parts.path, asked)
    return RedisAddress(scheme, host, port, "", database, user, password, tls)


def same_server(one: str, other: str) -> bool:
    """Whether both URLs lead to one server, perhaps as other users or databases."""

    def server(url: str) -> tuple[str, int, str]:
        address = redis_address(url)
        return address.host, address.port, address.path

    return server(one) == server(other)


def _scheme(url: str) -> Scheme:
    written, colon, _ = url.partition("://")
    lower = written.lower()
    if not colon or len(written) > 20:  # noqa: PLR2004 - no scheme is longer
        raise ValueError(f"must be {FORMS}")
    if "sentinel" in lower or "cluster" in lower:
        raise ValueError(
            "names a Sentinel or a Cluster, which is not supported yet: must be"
            f" {FORMS}"
        )
    if lower in {"redis+socket", "redis+unix", "socket"}:
        raise ValueError("names a socket by another scheme: write unix:///path?db=0")
    if lower not in _SCHEMES:
        raise ValueError(f"must be {FORMS}")
    if written != lower:
        raise ValueError(f"must begin in lower case: {lower}://")
    return _SCHEMES[lower]


def _parts(url: str) -> SplitResult:
    if not _TEXT.fullmatch(url):
        raise ValueError(
            "holds a blank, a quote mark or a letter that is not ASCII: percent-encode"
            " it, or remove it"
        )
    # What follows an unencoded special character ends in the @ before the host.
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ValueError(_ENCODE) from None
    if _BARE_PERCENT.search(url) or "#" in url or "@" in parts.path + parts.query:
        raise ValueError(_ENCODE)
    return parts


def _host_and_port(parts: SplitResult) -> tuple[str, int]:
    host = parts.hostname or ""
    if not host:
        raise ValueError(f"has no host: must be {FORMS}")
    if not (is_host_name(host) or _is_ipv6(host, parts.netloc)):
        raise ValueError(f"has no host that could be looked up, or {_ENCODE}")
    try:
        port = parts.port
    except ValueError:
        what = f"has no port of 1 to 65535 after its host, or {_ENCODE}"
        raise ValueError(what) from None
    if port == 0:
        raise ValueError("has port 0: must be 1 to 65535")
    return host, _PORT if port is None else port


def _is_ipv6(host: str, netloc: str) -> bool:
    try:
        IPv6Address(host)
    except ValueError:
        return False
    return "[" in netloc


def _socket(parts: SplitResult) -> str:
    if parts.netloc.rpartition("@")[2] or parts.path in {"", "/"}:
        raise ValueError("must be unix:///path, with three slashes and a path")
    return unquote(parts.path)


def _one_database(path: str, asked: int | None) -> int:
    text = path.removeprefix("/")
    if text and not _DATABASE.fullmatch(text):
        raise ValueError("must have a database's number after its host, like /0")
    if text and asked is not None and int(text) != asked:
        raise ValueError("names two databases, after its host and as ?db=")
    return int(text) if text else asked or 0


def _options(query: str, *, secure: bool) -> tuple[int | None, dict[str, str]]:
    """Return the database, if the options name one, and what they set for TLS."""
    database, tls = None, dict[str, str]()
    seen: set[str] = set()
    for name, text in _pairs(query):
        if name in seen:
            raise ValueError(f"names the option {name} twice")
        seen.add(name)
        if name == "db":
            if not _DATABASE.fullmatch(text):
                raise ValueError("has an option db that is not a database's number")
            database = int(text)
        else:
            _check_tls(name, text, secure=secure)
            tls[name] = text
    return database, tls


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise ValueError("has an option without a value after its ?") from None


def _check_tls(name: str, text: str, *, secure: bool) -> None:
    if name not in {*_NAMED, *_CHECKS, _LEAST}:
        known = ", ".join(("db", *sorted(_NAMED), _LEAST))
        raise ValueError(f"has an option {name[:40]!r}, which is not among {known}")
    if not secure:
        raise ValueError(f"has the option {name}, which needs rediss://")
    if name in _NAMED and not text:
        raise ValueError(f"has an option {name} without a value")
    if name == _LEAST and text not in _LEASTS:
        raise ValueError(f"must have {_LEAST}=771 (TLS 1.2) or 772 (TLS 1.3)")
    if name in _CHECKS and text not in _CHECKS[name]:
        raise ValueError(
            f"turns certificate checks off with {name}, and they are always made:"
            " remove it, and name who is trusted with ssl_ca_certs=FILE"
        )
