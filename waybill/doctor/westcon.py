"""Whether Westcon lets us ask: one question, about an order that cannot be."""

from dataclasses import dataclass
from datetime import UTC, datetime

from serializers.oauth import Token
from tasks.outcomes.errors import PartnerError
from waybill.doctor.check import Check, ok, wrong
from workers.http.client import HttpClient
from workers.partners.westcon.client import WestconClient
from workers.partners.westcon.gateway import WestconAccess
from workers.settings.settings import Settings

#: Westcon answers about it that it is not authentic, as about anybody else's order.
NOBODYS_ORDER = "0000000000"


@dataclass(frozen=True, slots=True)
class OneToken:
    """A token of the doctor's own; the workers' proves nothing here."""

    kept: Token

    def token(self) -> str:
        return self.kept.access_token

    def rejected(self, token: str) -> None:
        """Keep it: there is no other, and a second refusal says why."""


def access(
    http: HttpClient, settings: Settings, token: Token, deadline: float
) -> Check:
    """Ask with our token and subscription key; it counts as one call.

    Args:
        http: shared.
        settings: Westcon's access.
        token: asked for a moment ago.
        deadline: seconds for the call.
    """
    westcon, name = settings.westcon, "westcon.access"
    known = WestconAccess(
        base_url=westcon.base_url,
        subscription_key=westcon.subscription_key.get_secret_value(),
        partner_key=westcon.partner_key.get_secret_value(),
        language=westcon.language,
        deadline=deadline,
    )
    client = WestconClient(http, OneToken(token), known, lambda: datetime.now(UTC))
    try:
        client.order_status("W", (NOBODYS_ORDER,))
    except PartnerError as error:
        return wrong(name, str(error), "until then no order is looked at")
    return ok(name, "Westcon takes our token and subscription key")
