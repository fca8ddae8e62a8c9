"""Start-up checks for settings with which every call would be refused later.

A URL that may not be called, a certificate file that cannot be used: each would meet
every call anew. Files are looked at by who starts to work, and not by every command
that reads the settings, whose user may not be permitted to.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from workers.fields.names import name_of
from workers.fields.pem_files import authority_fault, certificate_fault
from workers.partners import registry
from workers.redis.address import redis_address

#: (variable, complaint).
Fault = tuple[str, str]


def faults(tree: Mapping[str, Any]) -> Iterator[Fault]:
    """Find what cannot work, in raw values, so that no mistake elsewhere hides it.

    Args:
        tree: the settings as their sources hold them; what is no setting's value is
            left to whoever checks those.
    """
    for key in ("redis_url", "broker_url"):
        yield from redis_faults(name_of((key,)), str(tree.get(key) or ""))
    for spec in registry.PARTNERS:
        section = tree.get(spec.name)
        if isinstance(section, Mapping):
            yield from spec.calls().faults(section)


def redis_faults(name: str, url: str) -> Iterator[Fault]:
    """Find files named in a Redis' URL that are of no use.

    Args:
        name: the variable that holds the URL.
        url: what it holds; what is no URL is left to who checks that.
    """
    try:
        tls = redis_address(url).tls
    except ValueError:
        return
    authorities = tls.get("ssl_ca_certs", "")
    if authorities and (why := authority_fault(authorities)):
        yield name, f"has with ssl_ca_certs a file that is of no use: {why}"
    own, key = tls.get("ssl_certfile", ""), tls.get("ssl_keyfile", "")
    password = tls.get("ssl_password", "")
    if (own or key) and (why := certificate_fault(own, key, password)):
        options = "ssl_certfile and ssl_keyfile"
        yield name, f"has with {options} what is of no use: {why}"
