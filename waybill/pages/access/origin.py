"""Origin of a request: whether a page of ours made it, and over what it came; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

Networks = Sequence[IPv4Network | IPv6Network]


@dataclass(frozen=True, slots=True)
class Way:
    """How a request came in.

    Attributes:
        is_trusted: whether a trusted proxy brought it.
        is_secure: whether the browser used https.
        hosts: what the browser may call us, each a host with its port, in lower case.
        address: of the browser, as far as that is known.
    """

    is_trusted: bool
    is_secure: bool
    hosts: tuple[str, ...]
    address: str


def way_of(
    peer: str, scheme: str, headers: Mapping[str, str], trusted: Networks
) -> Way:
    """How a request came in.

    Args:
        peer: address that connected.
        scheme: of that connection.
        headers: of the request.
        trusted: networks of proxies; what others forward is not believed.
    """
    hosts: tuple[str, ...] = (headers.get("host", "").lower(),)
    if not is_in(peer, trusted):
        return Way(False, scheme == "https", hosts, peer)  # noqa: FBT003 (its first field)
    proto = headers.get("x-forwarded-proto", scheme).strip().lower()
    if forwarded := headers.get("x-forwarded-host", "").strip().lower():
        hosts = (*hosts, forwarded)
    # The last one is what the proxy itself has seen; those before it anybody writes.
    seen = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return Way(True, proto == "https", hosts, seen or peer)  # noqa: FBT003 (its first field)


def is_in(address: str, networks: Networks) -> bool:
    """Whether an address is in one of the networks; what is none is in none."""
    try:
        known = ip_address(address)
    except ValueError:
        return False
    known = getattr(known, "ipv4_mapped", None) or known
    return any(known in one for one in networks)


def is_our_pages(headers: Mapping[str, str], way: Way) -> bool:
    """Whether one of our own pages made a request that changes something.

    Browsers leave Sec-Fetch-Site out over plain http, and then state Origin; what has
    neither comes from no page, and is refused too.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    try:
        origin = urlsplit(headers.get("origin", ""))
    except ValueError:
        return False
    schemes = {"https"} if way.is_secure else {"http"}
    return origin.scheme in schemes and origin.netloc.lower() in way.hosts
