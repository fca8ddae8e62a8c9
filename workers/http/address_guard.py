"""SSRF guard: URLs that others chose lead to public hosts only.

The check of the text is strict and small: one pattern for host names, which no
spelling of an IP address fits, and two parsers that must agree. The check of
the address happens while connecting: the name is resolved once, every answer is
checked, and the checked address is the one that is connected to. A check before
the call, with a second resolution inside it, is a race that a name server wins.
"""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, NoReturn
from urllib.parse import urlsplit

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from tasks.outcomes.errors import PermanentError
from workers.http.request_head import DEFAULT_PORTS
from workers.http.sockets import AddressInfo

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

#: `is_global` of the standard library calls NAT64, 6to4, multicast and Azure's
#: 168.63.129.16 public, so the list is our own.
BLOCKED: Final[tuple[Network, ...]] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        # Teredo, benchmarks, ORCHID and whatever else IETF assigns there.
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
)
#: The only part of IPv6 that is routed publicly. Outside it are loopback,
#: link-local, unique local with fd00:ec2::254, site-local, multicast, NAT64 and
#: every way of writing an IPv4 address inside an IPv6 one.
PUBLIC_IPV6: Final = IPv6Network("2000::/3")


def is_public(address: Address) -> bool:
    """Return whether an address is reached over the public Internet."""
    if isinstance(address, IPv6Address) and address not in PUBLIC_IPV6:
        return False
    return not any(
        address.version == network.version and address in network for network in BLOCKED
    )


MAX_URL: Final = 2_048
#: Ports that names may use over https.
PORTS: Final = frozenset({443, 8443})
MAX_NAME: Final = 253

_TEXT = re.compile(r"[!#-;=?-\[\]_a-z~]+", re.ASCII)
# Without ASCII, the Kelvin sign would pass for a k.
_FLAGS = re.ASCII | re.IGNORECASE
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_LAST = r"(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])"
_PUBLIC_NAME = re.compile(rf"(?:{_LABEL}\.)+{_LAST}", _FLAGS)
# No address is spelled with a letter at the beginning of its last part.
_INNER_NAME = re.compile(rf"(?:{_LABEL}\.)*[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?", _FLAGS)


@dataclass(frozen=True, slots=True)
class TargetRules:
    """What may be targeted besides public https hosts.

    Attributes:
        allowed_networks: networks that may be targeted although private; there,
            IP addresses as hosts, any port and plain http are allowed.
    """

    allowed_networks: tuple[Network, ...] = ()

    def allows(self, address: Address) -> bool:
        """Return whether an address is in one of the networks."""
        return any(
            address.version == network.version and address in network
            for network in self.allowed_networks
        )


@dataclass(frozen=True, slots=True)
class Target:
    """A URL whose text was found in order."""

    url: str
    scheme: str
    host: str
    port: int


def check_url(url: str, rules: TargetRules) -> Target:
    """Check the text of a URL; nothing is resolved.

    Raises:
        PermanentError: it may not be called; code "target", with the reason.
    """
    if len(url) > MAX_URL:
        _refuse(f"it is longer than {MAX_URL} characters")
    if not _TEXT.fullmatch(url):
        _refuse("it holds a character that URLs are not written with")
    target = _parsed(url)
    address = _literal(target.host)
    if address is not None:
        _check_literal(address, rules)
    else:
        _check_name(target, rules)
    return target


def check_syntax(url: str, rules: TargetRules) -> None:
    """Check the text of a URL that somebody else resolves and calls for us.

    Raises:
        PermanentError: see `check_url`.
    """
    check_url(url, rules)


class AddressGuard:
    """Decides, at the moment of connecting, which addresses a name may stand for.

    Args:
        rules: what may be targeted besides public https hosts.
        look_up: `socket.getaddrinfo`, or what a test puts in its place.
    """

    def __init__(
        self,
        rules: TargetRules,
        look_up: Callable[..., Sequence[AddressInfo]] = socket.getaddrinfo,
    ) -> None:
        self._rules = rules
        self._look_up = look_up

    def check(self, url: str) -> Target:
        """Check the text of a URL; see `check_url`."""
        return check_url(url, self._rules)

    def addresses(
        self,
        host: str,
        port: int,
        secure: bool,  # noqa: FBT001 - the shape of a Resolve
    ) -> Sequence[AddressInfo]:
        """Resolve a name once and return its addresses, all of them checked.

        Raises:
            PermanentError: one of them may not be called; code "target". One bad
                address among good ones is refused too: it is how rebinding looks.
            OSError: the name cannot be looked up.
        """
        found = self._look_up(host, port, type=socket.SOCK_STREAM)
        public = secure and port in PORTS and _PUBLIC_NAME.fullmatch(host) is not None
        for *_, place in found:
            address = ip_address(str(place[0]).partition("%")[0])
            if not (public and is_public(address)) and not self._rules.allows(address):
                _refuse("its name stands for an address that may not be called")
        return found


def _parsed(url: str) -> Target:
    r"""Return what two parsers agree on.

    urlsplit reads the host of `http://127.0.0.1\@example.com/` as example.com,
    urllib3 as 127.0.0.1; where they differ, one of them would be fooled.
    """
    try:
        ours, theirs = urlsplit(url), parse_url(url)
        port = ours.port
    except (ValueError, LocationParseError):
        _refuse("it cannot be read as a URL")
    if ours.scheme not in DEFAULT_PORTS:
        _refuse("its scheme is not https")
    if "@" in ours.netloc:
        _refuse("it names a user")
    if "#" in url:
        _refuse("it has a fragment")
    host = ours.hostname or ""
    their_host = (theirs.host or "").removeprefix("[").removesuffix("]").lower()
    if (ours.scheme, host, port) != (theirs.scheme, their_host, theirs.port):
        _refuse("two parsers read it differently")
    if port is None:
        port = DEFAULT_PORTS[ours.scheme]
    return Target(url, ours.scheme, host, port)


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _check_literal(address: Address, rules: TargetRules) -> None:
    if not rules.allows(address):
        _refuse("its host is an IP address outside the allowed networks")


def _check_name(target: Target, rules: TargetRules) -> None:
    if len(target.host) > MAX_NAME or not _INNER_NAME.fullmatch(target.host):
        _refuse("its host is neither a DNS name nor a plain IP address")
    # Such a name must stand for allowed addresses only; connecting finds out.
    if rules.allowed_networks:
        return
    if not _PUBLIC_NAME.fullmatch(target.host):
        _refuse("its host is not a public DNS name")
    if target.scheme != "https":
        _refuse("its scheme is not https")
    if target.port not in PORTS:
        _refuse("its port is not 443 or 8443")


def _refuse(reason: str) -> NoReturn:
    message = f"the target URL is refused: {reason}"
    raise PermanentError(message, code="target")
