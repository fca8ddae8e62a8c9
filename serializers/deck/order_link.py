"""Order link to a customer account, as DECK Commerce takes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from serializers.errors import DecodeError, EncodeError

DOCUMENT = "DECK order link"


@dataclass(frozen=True, slots=True)
class OrderLink:
    """The body of POST api/OmsOrderLinkAccount.

    Attributes:
        order_number: the order as DECK knows it.
        customer_id: the account it shall belong to.
        site_code: the DECK site.
        api_username: whose key made the verification key; "" when the site's did.
        timestamp_utc: see `serializers.deck.timestamp`.
        verification_key: see `serializers.deck.timestamp`.
    """

    order_number: str
    customer_id: str
    site_code: str
    api_username: str
    timestamp_utc: str
    verification_key: str = field(repr=False)


#: DECK's names in the order of its help page's JSON sample, and ours.
MEMBERS = (
    ("SiteCode", "site_code"),
    ("VerificationKey", "verification_key"),
    ("TimestampUTC", "timestamp_utc"),
    ("APIUsername", "api_username"),
    ("OrderNumber", "order_number"),
    ("CustomerID", "customer_id"),
)

OPTIONAL = "APIUsername"


def members(link: OrderLink) -> dict[str, str]:
    """Give DECK's names with their texts, without an absent APIUsername.

    Raises:
        EncodeError: a text holds half a surrogate pair, which no format carries.
    """
    named = {name: str(getattr(link, ours)) for name, ours in MEMBERS}
    if not link.api_username:
        del named[OPTIONAL]
    for name, text in named.items():
        if not _whole(text):
            raise EncodeError(DOCUMENT, name, "holds half a surrogate pair")
    return named


def link(named: Mapping[str, str]) -> OrderLink:
    """Build the value from DECK's names.

    Raises:
        DecodeError: names every member that is missing.
    """
    required = [name for name, _ in MEMBERS if name != OPTIONAL]
    missing = [name for name in required if name not in named]
    if missing:
        raise DecodeError(f"{DOCUMENT}: {', '.join(missing)} missing")
    return OrderLink(**{ours: named.get(name, "") for name, ours in MEMBERS})


def _whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
