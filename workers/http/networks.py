"""Which addresses are public, and so may be targeted."""

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)
from typing import Final

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
    """Tell whether an address is reached over the public Internet."""
    if isinstance(address, IPv6Address) and address not in PUBLIC_IPV6:
        return False
    return not any(
        address.version == network.version and address in network for network in BLOCKED
    )
