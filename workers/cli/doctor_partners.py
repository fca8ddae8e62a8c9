"""Whether the partners can be reached: tokens, base URLs, where endpoints point."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from tasks.errors import PartnerError, PermanentError
from workers.cli.doctor_check import Check, ok, warning, wrong
from workers.cli.doctor_westcon import access
from workers.clients.guard import AddressGuard, TargetRules
from workers.clients.http import HttpClient, Reply
from workers.clients.token_request import Credential, ask
from workers.settings import Settings
from workers.settings_endpoint import Endpoint

#: Seconds that one look may take.
DEADLINE = 10.0
#: What we sign carries Redis' time, from which this machine's is told apart beside it;
#: DECK's TimestampUTC does so to the minute.
ODD_SECONDS, REFUSED_SECONDS = 30.0, 300.0


def partner_checks(
    settings: Settings, http: HttpClient, *, offline: bool
) -> Iterator[Check]:
    """All checks of the partners in use; offline, nothing leaves this machine."""
    if not offline:
        yield from _reached(settings, http)
    rules = TargetRules(settings.ingram.allowed_networks)
    for name, endpoint in settings.ingram.endpoints.items():
        yield target(name, endpoint, AddressGuard(rules), offline=offline)


def _reached(settings: Settings, http: HttpClient) -> Iterator[Check]:
    if settings.westcon_in_use:
        credential = westcon_credential(settings)
        yield token(http, credential)
        yield from base_url(http, "Westcon", settings.westcon.base_url)
        yield from _let_in(settings, http, credential)
    if settings.deck_in_use:
        yield from base_url(http, "DECK", settings.deck.base_url)
    if any(one.mode == "relay" for one in settings.ingram.endpoints.values()):
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
        return wrong(name, str(error), f"correct {variables}, or wait if it is down")
    return ok(name, f"{credential.of_whom} gave one")


def base_url(http: HttpClient, whom: str, url: str) -> Iterator[Check]:
    """Whether anything answers there; a 404 does, since only paths below are used."""
    name, variable = whom.lower(), f"WAYBILL_{whom.upper()}__BASE_URL"
    try:
        reply = http.send(
            "GET", url, headers={}, body=None, deadline=DEADLINE, of_whom=whom
        )
    except PartnerError as error:
        advice = f"check {variable}, the network and the certificates"
        yield wrong(f"{name}.reached", str(error), advice)
        return
    yield ok(f"{name}.reached", f"{whom} answers (HTTP {reply.status})")
    yield from clock(name, whom, reply, datetime.now(UTC))


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
        return wrong(check, "its host's name cannot be looked up", advice)
    how = "is called directly" if direct else "is reached through Ingram"
    return ok(check, f"{place.host} {how}; its URL passes the guard")


def _date(header: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(header)
    except ValueError:
        return None
    # A date without a zone is UTC, since HTTP knows no other.
    return found if found.tzinfo else found.replace(tzinfo=UTC)
