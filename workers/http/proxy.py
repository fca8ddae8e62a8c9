"""The HTTP proxy that a setting names, read from its URL."""

import base64
import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

_SHAPE: Final = (
    "must be a URL like http://proxy.internal:3128 or http://user:password@host:3128"
    " (percent-encode special characters of user and password)"
)
#: A host as connections are made to it; brackets are the URL's.
_HOST: Final = re.compile(r"[A-Za-z0-9.:_-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where tunnels begin.

    Attributes:
        host: a name, or an address without brackets.
        port: its port.
        setting: the variable that names it, for messages.
        authorization: the value of `Proxy-Authorization`, "" for none.
    """

    host: str
    port: int
    setting: str
    authorization: str = field(default="", repr=False)

    def __str__(self) -> str:
        """Name it in a message; its user is nobody's business there."""
        return f"the proxy {authority(self.host, self.port)} ({self.setting})"


def proxy_of(url: str, setting: str) -> Proxy:
    """Read a proxy's URL.

    Raises:
        ValueError: it cannot be used; the message holds nothing of it.
    """
    parts = _split(url)
    if parts.scheme in ("https", "socks4", "socks5", "socks5h"):
        raise ValueError(
            "must be an http:// URL: a proxy that is itself called over TLS or SOCKS"
            " is not supported (what goes through it to https addresses is encrypted)"
        )
    host, port = _place(parts)
    return Proxy(host, port, setting, _authorization(parts))


def authority(host: str, port: int) -> str:
    """Write host and port as in a URL."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise ValueError(_SHAPE) from None


def _place(parts: SplitResult) -> tuple[str, int]:
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(_SHAPE) from None
    beside = parts.path not in ("", "/") or parts.query or parts.fragment
    if parts.scheme != "http" or beside or not port or not _HOST.fullmatch(host):
        raise ValueError(_SHAPE)
    return host, port


def _authorization(parts: SplitResult) -> str:
    if parts.username is None:
        return ""
    user, password = unquote(parts.username), unquote(parts.password or "")
    if ":" in user or not (user + password).isprintable():
        raise ValueError("has a user with a colon, or a control character in it")
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return f"Basic {pair}"
