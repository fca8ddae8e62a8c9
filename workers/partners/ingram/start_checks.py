"""Start-up checks for endpoints whose every notification would be refused."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tasks.outcomes.errors import PermanentError
from workers.fields.names import name_of
from workers.fields.pem_files import authority_fault, certificate_fault
from workers.fields.types import Network
from workers.http.address_guard import TargetRules, check_url
from workers.partners.ingram.endpoint_settings import Endpoint

ENDPOINTS = name_of(("ingram", "endpoints"))
_WIDEN = f"correct it, or widen {name_of(('ingram', 'allowed_networks'))}"
_NETWORKS = TypeAdapter[tuple[Network, ...]](tuple[Network, ...])

#: (variable, complaint).
Fault = tuple[str, str]


def target_fault(endpoint: Endpoint, rules: TargetRules) -> str:
    """State why a target may not be called, by its text alone; "" if it may."""
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


def endpoint_faults(ingram: Mapping[str, Any]) -> Iterator[Fault]:
    """Find endpoints that cannot be called, in raw values: variable and complaint."""
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
