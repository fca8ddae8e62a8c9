"""Settings of Westcon: access to its order-status API, and how it is polled."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from serializers.order import DEFAULT
from tasks.planning.rules import PARCELS, WESTCON
from tasks.planning.statuses import DEFAULT_STATUSES, StatusRule, StatusTable
from workers.fields.several import Several, Sharing, instance_name
from workers.fields.types import (
    BaseUrl,
    Count,
    HttpUrl,
    PerMinute,
    Seconds,
    Secret,
    Section,
    Share,
    Text,
)


class LineStatus(Section):
    """What one of Westcon's line status codes means; see `StatusRule`."""

    rank: int
    terminal: bool = False
    event: str = ""
    line_status: str = ""


class Account(Sharing):
    """One more account."""

    shared: tuple[
        Literal["client_id", "client_secret", "subscription_key", "partner_key"], ...
    ] = ()
    base_url: BaseUrl | None = None
    token_url: HttpUrl | None = None
    client_id: Text | None = None
    client_secret: Secret | None = None
    resource: Text | None = None
    subscription_key: Secret | None = None
    partner_key: Secret | None = None
    language: Text | None = None
    max_leased: Count | None = None
    rate: PerMinute | None = None
    shipment_rate: PerMinute | None = None


AccountName = Annotated[
    str, AfterValidator(instance_name("an account", DEFAULT, PARCELS))
]


class Westcon(Several):
    """Access to Westcon's order-status API, and how it is polled."""

    SECTION: ClassVar[str] = WESTCON
    KIND: ClassVar[str] = "account"
    IDENTITY: ClassVar[str] = "partner_key"
    OWN: ClassVar[tuple[str, ...]] = (
        "client_id",
        "client_secret",
        "subscription_key",
        "partner_key",
    )
    SENT_TO: ClassVar[Mapping[str, str]] = {
        "client_id": "token_url",
        "client_secret": "token_url",
        "subscription_key": "base_url",
        "partner_key": "base_url",
    }
    NEEDED: ClassVar[tuple[str, ...]] = (
        "client_id",
        "client_secret",
        "subscription_key",
        "partner_key",
    )
    WITHIN: ClassVar[Mapping[str, tuple[type[BaseModel], ...]]] = {
        "statuses": (LineStatus,),
        "accounts": (Account,),
    }
    APART: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "statuses": ("statuses", "notify_unknown"),
        "accounts": ("accounts",),
    }

    base_url: BaseUrl = Field(
        "https://api.westconcomstor.com",
        description="Where Westcon's API is; `/Orders/orderStatus` is appended",
    )
    token_url: HttpUrl = Field(
        "https://login.microsoftonline.com/"
        "ec8933c6-cfb2-4dd9-bfc9-621cde1dea8f/oauth2/token",
        description="Where Westcon's access tokens come from",
    )
    client_id: Text = Field("", description="Westcon's client id for the token")
    client_secret: Secret = Field(
        SecretStr(""), description="Westcon's client secret for the token"
    )
    resource: Text = Field(
        "",
        description="The token's `resource`, when Westcon names one; empty: not sent",
    )
    subscription_key: Secret = Field(
        SecretStr(""), description="The subscription key of Westcon's API portal"
    )
    partner_key: Secret = Field(
        SecretStr(""), description="The partner key that Westcon gave you"
    )
    language: Text = Field("EN", description="The language of status descriptions")
    accounts: Mapping[AccountName, Account] = Field(
        {},
        description="Further accounts by name, chosen by `data.westcon.account` of an"
        " event, each with a `client_id`, `client_secret`, `subscription_key` and"
        " `partner_key` of its own, but for those that it names in its list `shared`;"
        " and with what is its own of `base_url`, `token_url`, `resource`, `language`,"
        " `max_leased`, `rate`, `shipment_rate`: the rest is as set beside it. What is"
        " set beside it is the account `default`, where it has a partner key",
    )
    batch: Count = Field(
        10,
        description="Orders asked about in one call; Westcon is known to drop"
        " what goes past 10",
    )
    poll_min: Seconds = Field(
        45, description="Seconds between two looks at an order, at least"
    )
    poll_calm: Seconds = Field(
        780,
        description="Seconds between two looks at an order that has changed before, at"
        " least; while it is young, a quarter of its age. What has just moved stands"
        " for hours as a rule. As short as POLL_MIN, there is no such pause",
    )
    poll_max: Seconds = Field(
        21_600,
        description="Seconds between two looks at an order, at most",
        validate_default=True,
    )
    poll_fraction: Share = Field(
        0.1,
        description="The pause before the next look, as a share of the time since"
        " the order last changed",
    )
    patience: Seconds = Field(
        7_776_000,
        description="Seconds after which an order that is not finished is watched no"
        " more",
    )
    nao_grace: Seconds = Field(
        86_400,
        description="Seconds after an order's newest `order.placed`, or its last"
        " change, during which Westcon may not know it yet",
    )
    quiet: Seconds = Field(
        1_209_600,
        description="Seconds without a change after which a finished order that is"
        " asked for by purchase order is watched no more",
    )
    shipment_detail: bool = Field(
        default=True,
        description="Whether the tracking and serial numbers of what has been shipped"
        " are asked for (`/shipping/ShipmentDetail`), one call for each of Westcon's"
        " orders",
    )
    shipment_wait: Seconds = Field(
        120,
        description="Seconds for which a notification of shipped quantity waits for"
        " them, at most",
    )
    shipment_rate: PerMinute = Field(
        0,
        description="Calls per minute for them, over all workers; 0 is unlimited",
    )
    statuses: Mapping[str, LineStatus] | None = Field(
        None,
        description="Line status codes, each with `rank`, `terminal`, `event` and"
        " `line_status`; given, it stands instead of the built-in table",
    )
    notify_unknown: bool = Field(
        default=False,
        description="Whether a status code without an entry is notified as"
        " `im::updated`",
    )
    max_leased: Count = Field(
        500, description="Orders being looked at, or about to be, at one time"
    )

    @property
    def status_table(self) -> StatusTable:
        """What every line status code means: the operator's table, or the built-in."""
        if self.statuses is None:
            return DEFAULT_STATUSES
        return {
            code: StatusRule(own.rank, own.terminal, own.event, own.line_status)
            for code, own in self.statuses.items()
        }

    @property
    def longest_look(self) -> float:
        """Seconds between two looks at an order, at most."""
        return self.poll_max

    @field_validator("poll_max")
    @classmethod
    def _at_least_poll_min(cls, poll_max: float, found: ValidationInfo) -> float:
        if poll_max < found.data.get("poll_min", 0):
            raise ValueError("must not be less than WAYBILL_WESTCON__POLL_MIN")
        return poll_max
