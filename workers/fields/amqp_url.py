"""URL of a RabbitMQ that carries hints: checked, and as kombu reads it."""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

FORM: Final = "amqp://user:password@host:port/vhost or amqps://…"
#: Each scheme with the port that it has of itself.
_PORTS: Final = {"amqp": 5672, "amqps": 5671}
#: Options of `amqps://`, spelt as those of `rediss://`, by py-amqp's names.
_TLS: Final = {
    "ssl_ca_certs": "ca_certs",
    "ssl_certfile": "certfile",
    "ssl_keyfile": "keyfile",
}
_TEXT = re.compile(r"[!-~]+")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class AmqpAddress:
    """A RabbitMQ, as its URL names it.

    Attributes:
        secure: whether it is reached over TLS.
        host: a name or an address, without brackets.
        port: 1 to 65535.
        virtual_host: one of its parts; `/` is that of itself.
        user, password: "" when there is none.
        tls: files, by the names that `ssl_…` has in the URL.
    """

    secure: bool
    host: str
    port: int
    virtual_host: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    tls: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def shown(self) -> str:
        """The address without anything that could be secret."""
        return f"{self._scheme}://{self._place}"

    @property
    def for_kombu(self) -> str:
        """The URL as kombu reads it; TLS is set apart from it, by `tls_for_kombu`."""
        secret = f":{quote(self.password, safe='')}" if self.password else ""
        login = f"{quote(self.user, safe='')}{secret}@" if self.user else ""
        return f"amqp://{login}{self._place}"

    @property
    def tls_for_kombu(self) -> dict[str, Any] | None:
        """Celery's `broker_use_ssl`: certificates and the host's name are checked."""
        if not self.secure:
            return None
        named = {_TLS[name]: text for name, text in self.tls.items()}
        checked = {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": self.host}
        return {**named, **checked}

    @property
    def _scheme(self) -> str:
        return "amqps" if self.secure else "amqp"

    @property
    def _place(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}/{quote(self.virtual_host, safe='')}"


def is_amqp(url: str) -> bool:
    """Return whether a broker's URL names a RabbitMQ, and no Redis."""
    return url.lower().startswith(tuple(f"{scheme}:" for scheme in _PORTS))


def amqp_address(url: str) -> AmqpAddress:
    """Read a URL.

    Raises:
        ValueError: with what is wrong and what to write, and nothing of the URL that
            could be part of a password.
    """
    scheme = url.partition("://")[0]
    if scheme not in _PORTS:
        raise ValueError(f"must be {FORM}, in lower case")
    encode = "has a special character in user, password or vhost: percent-encode it"
    if not _TEXT.fullmatch(url) or _BARE_PERCENT.search(url) or "#" in url:
        raise ValueError(encode)
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[scheme]
    except ValueError:
        raise ValueError(encode) from None
    virtual_host = parts.path.removeprefix("/")
    if "@" in parts.path + parts.query or "/" in virtual_host:
        raise ValueError(encode)
    if not parts.hostname:
        raise ValueError(f"has no host; it must be {FORM}")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if password and not user:
        raise ValueError("has a password and no user; RabbitMQ asks for both")
    return AmqpAddress(
        scheme == "amqps",
        parts.hostname,
        port,
        unquote(virtual_host) or "/",
        user,
        password,
        _options(parts.query, secure=scheme == "amqps"),
    )


def _options(query: str, *, secure: bool) -> dict[str, str]:
    found = dict(parse_qsl(query, keep_blank_values=True))
    known = _TLS if secure else {}
    for name in found:
        if name not in known:
            listed = ", ".join(_TLS)
            raise ValueError(f"may have after its ? only {listed}, and with amqps://")
    return found
