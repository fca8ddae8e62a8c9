"""What every call would be refused for later, found before the first one.

An endpoint's URL that may not be called, a certificate file that cannot be used: each
would meet every notification anew. Files are looked at by who starts to work, and not
by every command that reads the settings, whose user may not be permitted to.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tasks.outcomes.errors import PermanentError
from workers.http.address_guard import TargetRules, check_url
from workers.redis.address import redis_address
from workers.settings.endpoint import Endpoint
from workers.settings.names import name_of
from workers.settings.pem_files import authority_fault, certificate_fault
from workers.settings.types import Network

ENDPOINTS = name_of(("ingram", "endpoints"))
_WIDEN = f"correct it, or widen {name_of(('ingram', 'allowed_networks'))}"
_NETWORKS = TypeAdapter[tuple[Network, ...]](tuple[Network, ...])

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
    ingram = tree.get("ingram")
    if isinstance(ingram, Mapping):
        yield from _endpoint_faults(ingram)


def target_fault(endpoint: Endpoint, rules: TargetRules) -> str:
    """Say why a target may not be called, by its text alone; "" if it may."""
    try:
        check_url(endpoint.target_url, rules)
    except PermanentError as error:
        return f"{error}: {_WIDEN if endpoint.mode == 'direct' else 'correct it'}"
    return ""


def file_faults(endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    """Find files of an endpoint that are of no use: field and what is wrong."""
    if endpoint.authority and (why := authority_fault(endpoint.authority)):
        yield "authority", f"names a file that is of no use: {why}"
    own, key = endpoint.client_certificate, endpoint.client_key
    if own and (why := certificate_fault(own, key)):
        fields = "client_certificate with client_key" if key else "client_certificate"
        yield fields, f"names what is of no use: {why}"


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


def _endpoint_faults(ingram: Mapping[str, Any]) -> Iterator[Fault]:
    endpoints = ingram.get("endpoints")
    try:
        networks = _NETWORKS.validate_python(ingram.get("allowed_networks") or ())
    except ValidationError:
        return
    rules = TargetRules(networks)
    for name, raw in endpoints.items() if isinstance(endpoints, Mapping) else ():
        try:
            endpoint = Endpoint.model_validate(raw)
        except ValidationError:
            continue
        if why := target_fault(endpoint, rules):
            yield ENDPOINTS, f"({name}.target_url) {why}"
        for fields, what in file_faults(endpoint):
            yield ENDPOINTS, f"({name}.{fields}) {what}"
