"""Settings of the stand-ins: callers' names, secrets, limits, pace.

The defaults are no secrets: they are printed here so that a demo, a test or a
compose file can give the very same values to the product.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

WESTCON_CLIENT_ID = "sandbox-client"
WESTCON_CLIENT_SECRET = "sandbox-secret-westcon"  # noqa: S105 - fake by design
WESTCON_SUBSCRIPTION_KEY = "sandbox-subscription-key"
#: Westcon's partner keys have 32 characters.
WESTCON_PARTNER_KEY = "SANDBOXPARTNERKEY000000000000001"
DECK_SITE_CODE = "SANDBOX"
DECK_API_KEY = "sandbox-key-deck"
DECK_API_USERNAME = "sandbox-user"
DECK_USER_KEY = "sandbox-key-deck-user"
INGRAM_CLIENT_ID = "sandbox-client-ingram"
INGRAM_CLIENT_SECRET = "sandbox-secret-ingram"  # noqa: S105 - fake by design
#: Signing secrets by receiver; a receiver not named here has the fallback.
RECEIVER_SECRETS: Mapping[str, tuple[str, ...]] = {
    "acme": ("acme-secret",),
    "globex": ("globex-secret",),
}
RECEIVER_FALLBACK_SECRET = "receiver-secret"  # noqa: S105 - fake by design
#: A relay target `https://<this>/receivers/NAME` reaches our own receivers.
RECEIVER_HOST = "receivers.example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """Everything that may differ between two sandboxes; times are seconds.

    Attributes:
        westcon_resource: when set, the token request must carry just this.
        deck_users: API key by APIUsername; such a key replaces the site's.
        deck_clock_window: how far TimestampUTC may be off, either way.
        own_hosts: host names besides loopback that mean this sandbox.
        numbers_as_text: whether Westcon's tokens state `"3600"` instead of `3600`.
        ingram_numbers_as_text: whether Ingram's do, as its specification has it; its
            portal's sample has a number.
        batch_limit: orders answered per call; the rest is silently dropped.
        delay: wait before every partner's reply.
        order_pace: seconds between two snapshots of an order without a plan.
        auto_statuses: when given, every order number is known and goes through
            these statuses, one per poll.
        journal_keep: entries kept; counts stay exact. None keeps all.
        deliveries_keep: the same for what receivers got.
    """

    westcon_client_id: str = WESTCON_CLIENT_ID
    westcon_client_secret: str = field(default=WESTCON_CLIENT_SECRET, repr=False)
    westcon_resource: str = ""
    westcon_subscription_key: str = field(default=WESTCON_SUBSCRIPTION_KEY, repr=False)
    westcon_partner_key: str = field(default=WESTCON_PARTNER_KEY, repr=False)
    deck_site_code: str = DECK_SITE_CODE
    deck_api_key: str = field(default=DECK_API_KEY, repr=False)
    deck_users: Mapping[str, str] = field(
        default_factory=lambda: {DECK_API_USERNAME: DECK_USER_KEY}, repr=False
    )
    deck_clock_window: float = 900.0
    ingram_client_id: str = INGRAM_CLIENT_ID
    ingram_client_secret: str = field(default=INGRAM_CLIENT_SECRET, repr=False)
    receiver_secrets: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: dict(RECEIVER_SECRETS), repr=False
    )
    receiver_fallback_secret: str = field(default=RECEIVER_FALLBACK_SECRET, repr=False)
    own_hosts: tuple[str, ...] = (RECEIVER_HOST,)
    token_lifetime: float = 3600.0
    numbers_as_text: bool = False
    ingram_numbers_as_text: bool = True
    batch_limit: int = 10
    delay: float = 0.0
    order_pace: float = 2.0
    auto_statuses: tuple[str, ...] = ()
    auto_lines: int = 1
    journal_keep: int | None = 100_000
    deliveries_keep: int | None = None


def settings_from_json(text: str) -> SandboxSettings:
    """Read the settings that differ from the defaults, by field name.

    Raises:
        ValueError: the text is no JSON object.
        TypeError: it names a field that does not exist.
    """
    given: dict[str, Any] = json.loads(text)
    for name in ("own_hosts", "auto_statuses"):
        if name in given:
            given[name] = tuple(given[name])
    if "receiver_secrets" in given:
        secrets = given["receiver_secrets"].items()
        given["receiver_secrets"] = {name: tuple(all_of) for name, all_of in secrets}
    return replace(SandboxSettings(), **given)
