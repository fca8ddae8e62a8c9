"""Reachability checks of a partner: token endpoint, base URL, clock."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic

from tasks.outcomes.errors import PartnerError
from workers.fields.instance import Instance
from workers.http.client import HttpClient, Reply
from workers.http.errors import OwnFault
from workers.http.proxy import Proxy
from workers.http.tunnel import dial_proxy
from workers.partners.check import Check, ok, warning, wrong
from workers.partners.oauth.token_request import Credential, ask

#: Seconds that one look may take, and connecting to a proxy.
DEADLINE, CONNECT_SECONDS = 10.0, 5.0
#: What we sign carries Redis' time, which is compared with this machine's beside it;
#: DECK's TimestampUTC does so to the minute.
ODD_SECONDS, REFUSED_SECONDS = 30.0, 300.0


def token(http: HttpClient, credential: Credential) -> Check:
    """Ask for a token beside the workers', so that theirs proves nothing here."""
    name, named = f"{credential.instance.destination}.token", credential.instance
    variables = f"{named.setting('token_url')} and the client's"
    try:
        ask(http, credential)
    except PartnerError as error:
        advice = f"correct {variables}, or wait if it is down"
        return wrong(name, str(error), _way_advice(named.partner, error) or advice)
    return ok(name, f"{credential.of_whom} gave one")


def base_url(
    http: HttpClient, title: str, url: str, instance: Instance | None = None
) -> Iterator[Check]:
    """Whether anything answers there; a 404 does, since only paths below are used.

    Args:
        http: that calls it.
        title: of the partner.
        url: its base.
        instance: which account or site of it; None for its only one.
    """
    one = instance or Instance(title.lower())
    name, variable, whom = one.destination, one.setting("base_url"), one.called(title)
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
        advice = _way_advice(one.partner, error) or f"check {variable} and the network"
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
    """How far a partner's clock is from ours, if it sends its time."""
    theirs = _date(reply.headers.get("date", ""))
    if theirs is None:
        return
    off = abs((theirs - now).total_seconds())
    message = f"{whom}'s clock and ours differ by {off:.0f} s"
    advice = "have Redis' machine keep time with NTP: what we sign carries its time"
    if off > REFUSED_SECONDS:
        yield wrong(f"{name}.clock", message, advice)
    elif off > ODD_SECONDS:
        yield warning(f"{name}.clock", message, advice)
    else:
        yield ok(f"{name}.clock", message)


def _date(header: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(header)
    except ValueError:
        return None
    # A date without a zone is UTC, since HTTP knows no other.
    return found if found.tzinfo else found.replace(tzinfo=UTC)
