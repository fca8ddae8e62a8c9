"""Checks of the endpoints: where they point, and what they sign with."""

from collections.abc import Iterator
from datetime import UTC, datetime

from tasks.outcomes.errors import PermanentError
from workers.fields.instance import Instance
from workers.http.address_guard import AddressGuard, TargetRules
from workers.partners.check import Check, ok, wrong
from workers.partners.ingram.endpoint_settings import Endpoint
from workers.partners.ingram.settings import Ingram
from workers.partners.ingram.start_checks import ENDPOINTS, file_faults
from workers.partners.oauth.token_request import Credential
from workers.partners.reach import Reach
from workers.partners.reachability import DEADLINE, base_url, proxy_reached, token


def checks(own: Ingram, reach: Reach, offline: bool) -> Iterator[Check]:  # noqa: FBT001 (as the spec calls it)
    """All checks of Ingram and its endpoints; offline, nothing leaves this machine."""
    if not offline:
        yield from _reached(own, reach)
    rules = TargetRules(own.allowed_networks)
    for name, endpoint in own.endpoints.items():
        yield target(name, endpoint, AddressGuard(rules), offline=offline)
        yield from files(name, endpoint)
        yield from signing(name, endpoint, datetime.now(UTC))


def _reached(own: Ingram, reach: Reach) -> Iterator[Check]:
    modes = {one.mode for one in own.endpoints.values()}
    between = reach.proxy(own)
    if between is not None and "direct" in modes:
        yield proxy_reached("Ingram", between)
    if "relay" in modes:
        http = reach.http(own)
        yield token(http, credential(own))
        yield from base_url(http, "Ingram", own.base_url)


def credential(own: Ingram) -> Credential:
    """What a token is asked for with."""
    return Credential(
        Instance("ingram"),
        own.token_url,
        own.client_id,
        own.client_secret.get_secret_value(),
        "",
        own.token_method,
        DEADLINE,
    )


def target(
    name: str, endpoint: Endpoint, guard: AddressGuard, *, offline: bool
) -> Check:
    """Whether the guard lets an endpoint's URL pass; no request is sent to it."""
    check, direct = f"ingram/{name}", endpoint.mode == "direct"
    advice = f"correct target_url of {name} in WAYBILL_INGRAM__ENDPOINTS"
    try:
        place = guard.check(endpoint.target_url)
        if direct and not offline:
            guard.addresses(place.host, place.port, place.scheme == "https")
    except PermanentError as error:
        more = ", or widen WAYBILL_INGRAM__ALLOWED_NETWORKS" if direct else ""
        return wrong(check, str(error), advice + more)
    except OSError:
        message = (
            "its host's name cannot be looked up here, which a proxy does not mend"
        )
        return wrong(check, message, advice)
    how = "is called directly" if direct else "is reached through Ingram"
    return ok(check, f"{place.host} {how}; its URL passes the guard")


def files(name: str, endpoint: Endpoint) -> Iterator[Check]:
    """Which of an endpoint's certificate files are of no use here."""
    for fields, what in file_faults(endpoint):
        message = f"{fields} {what}"
        yield wrong(f"ingram/{name}", message, f"correct it in {ENDPOINTS}")


def signing(name: str, endpoint: Endpoint, now: datetime) -> Iterator[Check]:
    """Whether a secret signs now, and one will when the last of these ends."""
    secrets = endpoint.secrets
    if not any(
        (one.valid_from is None or one.valid_from <= now)
        and (one.until is None or now < one.until)
        for one in secrets
    ):
        message = "no secret signs now, so that every notification waits"
        yield wrong(f"ingram/{name}", message, f"look at from and until in {ENDPOINTS}")
