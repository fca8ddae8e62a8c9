"""Checks of Westcon: a token, and one question about no order."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from serializers.errors import DecodeError
from serializers.oauth import Token
from tasks.outcomes.errors import NotYet, PartnerError
from workers.http.client import HttpClient
from workers.partners.check import Check, ok, wrong
from workers.partners.oauth.token_request import Credential, ask
from workers.partners.reach import Reach
from workers.partners.reachability import DEADLINE, base_url, token
from workers.partners.westcon.client import WestconClient
from workers.partners.westcon.gateway import WESTCON, WestconAccess
from workers.partners.westcon.settings import Westcon

#: Westcon answers about it that it is not authentic, as about anybody else's order.
NOBODYS_ORDER = "0000000000"


@dataclass(frozen=True, slots=True)
class OneToken:
    """A token of the doctor's own; the workers' proves nothing here."""

    kept: Token

    def token(self) -> str:
        return self.kept.access_token

    def rejected(self, token: str) -> None:
        """Keep it: there is no other, and a second refusal explains it."""


def checks(own: Westcon, reach: Reach, offline: bool) -> Iterator[Check]:  # noqa: FBT001 (as the spec calls it)
    """All checks of each account; offline there are none."""
    if not offline:
        for one in own.each():
            yield from _of_account(one, reach)


def _of_account(own: Westcon, reach: Reach) -> Iterator[Check]:
    http, known = reach.http(own), credential(own)
    yield token(http, known)
    yield from base_url(http, WESTCON, own.base_url, own.instance)
    # Without a token there is nothing to ask with, and that is reported already.
    with contextlib.suppress(PartnerError):
        given = ask(http, known)
        yield access(http, own, given, DEADLINE)
        if own.shipment_detail:
            yield shipments(http, own, given, DEADLINE)


def credential(own: Westcon) -> Credential:
    """What a token is asked for with."""
    secret = own.client_secret.get_secret_value()
    return Credential(
        own.instance,
        own.token_url,
        own.client_id,
        secret,
        own.resource,
        "POST",
        DEADLINE,
    )


def access(http: HttpClient, own: Westcon, token: Token, deadline: float) -> Check:
    """Ask with our token and subscription key; it counts as one call.

    Args:
        http: shared.
        own: Westcon's settings.
        token: asked for a moment ago.
        deadline: seconds for the call.
    """
    name, whose = f"{own.instance.destination}.access", own.instance.called(WESTCON)
    try:
        _client(http, own, token, deadline).order_status("W", (NOBODYS_ORDER,))
    except PartnerError as error:
        return wrong(name, str(error), "until then no order is looked at")
    return ok(name, f"{whose} takes our token and subscription key")


def shipments(http: HttpClient, own: Westcon, token: Token, deadline: float) -> Check:
    """Ask for the parcels of no order, with the same; it counts as one call.

    Any answer but that the interface is not ours will do: how Westcon refuses an order
    that cannot be is not known.
    """
    name, whose = f"{own.instance.destination}.shipments", own.instance.called(WESTCON)
    try:
        _client(http, own, token, deadline).shipment_detail("W", NOBODYS_ORDER)
    except NotYet as error:
        return wrong(name, str(error), "notifications go without tracking numbers")
    except (PartnerError, DecodeError) as error:
        return ok(name, f"{whose}'s shipment detail answers: {error}")
    return ok(name, f"{whose}'s shipment detail answers")


def _client(
    http: HttpClient, own: Westcon, token: Token, deadline: float
) -> WestconClient:
    known = WestconAccess(
        base_url=own.base_url,
        subscription_key=own.subscription_key.get_secret_value(),
        partner_key=own.partner_key.get_secret_value(),
        language=own.language,
        deadline=deadline,
        instance=own.instance,
    )
    return WestconClient(http, OneToken(token), known, lambda: datetime.now(UTC))
