"""Hosts of a Redis URL: names or addresses that can be looked up, and their ports."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import urlsplit

PORT: Final = 6379
SENTINEL_PORT: Final = 26379

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}\.?")
_LONGEST = 253

ENCODE: Final = (
    "cannot be read without doubt: percent-encode the special characters of user and"
    " password (/ is %2F, # is %23, ? is %3F, @ is %40, % is %25)"
)


@dataclass(frozen=True, slots=True)
class Host:
    """One server: a name, or an address without brackets, and a port."""

    name: str
    port: int

    def __str__(self) -> str:
        name = f"[{self.name}]" if ":" in self.name else self.name
        return f"{name}:{self.port}"


def is_host_name(text: str) -> bool:
    """Return whether the resolver takes it: an IPv4 address, or labels of 1 to 63.

    It raises UnicodeError, which is no OSError, for an empty or longer label.
    """
    return len(text) <= _LONGEST and _NAME.fullmatch(text) is not None


def hosts_of(written: str, port: int) -> tuple[Host, ...]:
    """Read several hosts with commas between them; see `host_of`."""
    return tuple(host_of(one, port) for one in written.split(","))


def host_of(written: str, port: int) -> Host:
    """Read a host, as it stands in a URL.

    Args:
        written: what stands between the login and the path.
        port: where it names none.

    Raises:
        ValueError: with what is wrong and what to write.
    """
    parts = urlsplit(f"//{written}")
    name = parts.hostname or ""
    if not name:
        raise ValueError("has no host: must be like redis://host:port/db")
    if not (is_host_name(name) or _is_ipv6(name, written)):
        raise ValueError(f"has no host that could be looked up, or {ENCODE}")
    try:
        asked = parts.port
    except ValueError:
        what = f"has no port of 1 to 65535 after its host, or {ENCODE}"
        raise ValueError(what) from None
    if asked == 0:
        raise ValueError("has port 0: must be 1 to 65535")
    return Host(name, port if asked is None else asked)


def _is_ipv6(name: str, written: str) -> bool:
    try:
        IPv6Address(name)
    except ValueError:
        return False
    return "[" in written
