"""Whether the partners can be reached: tokens, base URLs, where endpoints point."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Literal

from tasks.outcomes.errors import PartnerError, PermanentError
from waybill.doctor.check import Check, ok, warning, wrong
from waybill.doctor.westcon import access
from workers.http.address_guard import AddressGuard, TargetRules
from workers.http.client import HttpClient, Reply
from workers.http.errors import OwnFault
from workers.http.proxy import Proxy
from workers.http.tunnel import dial_proxy
from workers.partners.oauth.token_request import Credential, ask
from workers.settings.endpoint import Endpoint
from workers.settings.settings import Settings
from workers.settings.start_checks import ENDPOINTS, file_faults
from workers.wiring.partners import http_client, proxy

#: Seconds that one look may take, and connecting to a proxy.
DEADLINE, CONNECT_SECONDS = 10.0, 5.0
#: What we sign carries Redis' time, from which this machine's is told apart beside it;
#: DECK's TimestampUTC does so to the minute.
ODD_SECONDS, REFUSED_SECONDS = 30.0, 300.0


def partner_checks(settings: Settings, *, offline: bool) -> Iterator[Check]:
    """All checks of the partners in use; offline, nothing leaves this machine.

    They are called the workers' way: with their proxies, and trusting whom they trust.
    """
    if not offline:
        yield from _reached(settings)
    rules = TargetRules(settings.ingram.allowed_networks)
    for name, endpoint in settings.ingram.endpoints.items():
        yield target(name, endpoint, AddressGuard(rules), offline=offline)
        yield from files(name, endpoint)
        yield from signing(name, endpoint, datetime.now(UTC))


def _reached(settings: Settings) -> Iterator[Check]:
    if settings.westcon_in_use:
        http = http_client(settings, "westcon", 1)
        credential = westcon_credential(settings)
        yield token(http, credential)
        yield from base_url(http, "Westcon", settings.westcon.base_url)
        yield from _let_in(settings, http, credential)
    if settings.deck_in_use:
        http = http_client(settings, "deck", 1)
        yield from base_url(http, "DECK", settings.deck.base_url)
    modes = {one.mode for one in settings.ingram.endpoints.values()}
    between = proxy(settings, "ingram")
    if between is not None and "direct" in modes:
        yield proxy_reached("Ingram", between)
    if "relay" in modes:
        http = http_client(settings, "ingram", 1)
        yield token(http, ingram_credential(settings))
        yield from base_url(http, "Ingram", settings.ingram.base_url)


def _let_in(
    settings: Settings, http: HttpClient, credential: Credential
) -> Iterator[Check]:
    # Without a token there is nothing to ask with, and that is told already.
    with contextlib.suppress(PartnerError):
        yield access(http, settings, ask(http, credential), DEADLINE)


def westcon_credential(settings: Settings) -> Credential:
    westcon = settings.westcon
    secret = westcon.client_secret.get_secret_value()
    return _credential(
        "westcon", westcon.token_url, (westcon.client_id, secret), westcon.resource
    )


def ingram_credential(settings: Settings) -> Credential:
    ingram = settings.ingram
    secret = ingram.client_secret.get_secret_value()
    pair = (ingram.client_id, secret)
    return _credential("ingram", ingram.token_url, pair, method=ingram.token_method)


def _credential(
    name: str,
    url: str,
    pair: tuple[str, str],
    resource: str = "",
    method: Literal["GET", "POST"] = "POST",
) -> Credential:
    return Credential(name, url, *pair, resource, method, DEADLINE)


def token(http: HttpClient, credential: Credential) -> Check:
    """Ask for a token beside the workers', so that theirs proves nothing here."""
    name = f"{credential.name}.token"
    variables = f"WAYBILL_{credential.name.upper()}__TOKEN_URL and __CLIENT_…"
    try:
        ask(http, credential)
    except PartnerError as error:
        advice = f"correct {variables}, or wait if it is down"
        return wrong(name, str(error), _way_advice(credential.name, error) or advice)
    return ok(name, f"{credential.of_whom} gave one")


def base_url(http: HttpClient, whom: str, url: str) -> Iterator[Check]:
    """Whether anything answers there; a 404 does, since only paths below are used."""
    name, variable = whom.lower(), f"WAYBILL_{whom.upper()}__BASE_URL"
    try:
        reply = http.send(
            "GET",
            url,
            headers={},
            body=None,
            deadline=DEADLINE,
            of_whom=whom,
            needs="status",
        )
    except PartnerError as error:
        advice = _way_advice(name, error) or f"check {variable} and the network"
        yield wrong(f"{name}.reached", str(error), advice)
        return
    yield ok(f"{name}.reached", f"{whom} answers (HTTP {reply.status})")
    yield from clock(name, whom, reply, datetime.now(UTC))


def proxy_reached(whom: str, between: Proxy) -> Check:
    """Whether a proxy is there, for receivers that are not called from here."""
    name = f"{whom.lower()}.proxy"
    try:
        dial_proxy(between, monotonic() + CONNECT_SECONDS, CONNECT_SECONDS).close()
    except OwnFault as fault:
        return wrong(name, f"{whom} {fault}", f"correct {between.setting}")
    return ok(name, f"{between} takes connections")


def _way_advice(partner: str, error: PartnerError) -> str:
    """What to do about a proxy or a certificate; "" when it is something else."""
    prefix = f"WAYBILL_{partner.upper()}__"
    if error.code.startswith("proxy"):
        return f"correct {prefix}PROXY, or what the proxy allows"
    if error.code == "tls":
        return (
            f"name whom to trust in {prefix}CA_FILE, if a private authority or a proxy"
            " that looks into TLS has signed the certificate"
        )
    return ""


def clock(name: str, whom: str, reply: Reply, now: datetime) -> Iterator[Check]:
    """How far a partner's clock is from ours, if it tells its time."""
    theirs = _date(reply.headers.get("date", ""))
    if theirs is None:
        return
    off = abs((theirs - now).total_seconds())
    says = f"{whom}'s clock and ours differ by {off:.0f} s"
    advice = "have Redis' machine keep time with NTP: what we sign carries its time"
    if off > REFUSED_SECONDS:
        yield wrong(f"{name}.clock", says, advice)
    elif off > ODD_SECONDS:
        yield warning(f"{name}.clock", says, advice)
    else:
        yield ok(f"{name}.clock", says)


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
        says = "its host's name cannot be looked up here, which a proxy does not mend"
        return wrong(check, says, advice)
    how = "is called directly" if direct else "is reached through Ingram"
    return ok(check, f"{place.host} {how}; its URL passes the guard")


def files(name: str, endpoint: Endpoint) -> Iterator[Check]:
    """Which of an endpoint's certificate files are of no use here."""
    for fields, what in file_faults(endpoint):
        says = f"{fields} {what}"
        yield wrong(f"ingram/{name}", says, f"correct it in {ENDPOINTS}")


def signing(name: str, endpoint: Endpoint, now: datetime) -> Iterator[Check]:
    """Whether a secret signs now, and one will when the last of these ends."""
    secrets = endpoint.secrets
    if not any(
        (one.valid_from is None or one.valid_from <= now)
        and (one.until is None or now < one.until)
        for one in secrets
    ):
        says = "no secret signs now, so that every notification waits"
        yield wrong(f"ingram/{name}", says, f"look at from and until in {ENDPOINTS}")


def _date(header: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(header)
    except ValueError:
        return None
    # A date without a zone is UTC, since HTTP knows no other.
    return found if found.tzinfo else found.replace(tzinfo=UTC)
