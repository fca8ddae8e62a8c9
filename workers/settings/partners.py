"""What the settings say about the two partners that are called for every order."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from serializers.deck.reply import same_code
from serializers.deck.timestamp import DEFAULT_FORM
from tasks.outcomes.retry import RetryPolicy
from tasks.planning.statuses import DEFAULT_STATUSES, StatusRule, StatusTable
from workers.settings.types import (
    AuthoritiesFile,
    BaseUrl,
    Count,
    DotNetForm,
    HttpUrl,
    Pause,
    PerMinute,
    ProxyUrl,
    Seconds,
    Secret,
    Section,
    Share,
    Text,
)

#: Standard Webhooks' schedule: ten tries over three days.
PAUSES = (
    5.0,
    300.0,
    1_800.0,
    7_200.0,
    18_000.0,
    36_000.0,
    50_400.0,
    72_000.0,
    86_400.0,
)


class Partner(Section):
    """What every partner has: pauses, a breaker, limits.

    `NEEDED` are the fields that a partner in use must have; setting any of
    them puts it in use. Empty text means not set.
    """

    NEEDED: ClassVar[tuple[str, ...]] = ()

    retry_pauses: tuple[Pause, ...] = Field(
        PAUSES,
        description="Seconds after the first, second, … failed try;"
        " n pauses mean n + 1 tries",
    )
    retry_after_max: Seconds = Field(
        86_400,
        description="The most seconds of a Retry-After that are honoured",
    )
    breaker_failures: Count = Field(
        5,
        description="Failures in a row after which a destination is left alone",
    )
    breaker_seconds: Seconds = Field(
        30,
        description="Seconds for which it is left alone before one call probes it",
    )
    rate: PerMinute = Field(
        0,
        description="Calls per minute to one destination, over all workers;"
        " 0 is unlimited",
    )
    ca_file: AuthoritiesFile = Field(
        "",
        description="PEM file of the authorities whose certificates are trusted, in"
        " place of the public ones that come with Waybill",
    )
    proxy: ProxyUrl = Field(
        SecretStr(""),
        description="The HTTP proxy for all calls, `http://[user:password@]host:port`;"
        " `HTTPS_PROXY` and the like do not count",
    )

    @property
    def in_use(self) -> bool:
        return any(getattr(self, name) for name in self.NEEDED)

    @property
    def retry(self) -> RetryPolicy:
        return RetryPolicy(self.retry_pauses, self.retry_after_max)


class LineStatus(Section):
    """What one of Westcon's line status codes means; see `StatusRule`."""

    rank: int
    terminal: bool = False
    event: str = ""
    line_status: str = ""


class Westcon(Partner):
    """Access to Westcon's order-status API, and how it is polled."""

    NEEDED: ClassVar[tuple[str, ...]] = (
        "client_id",
        "client_secret",
        "subscription_key",
        "partner_key",
    )

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
    batch: Count = Field(
        10,
        description="Orders asked about in one call; Westcon is known to drop"
        " what goes past 10",
    )
    poll_min: Seconds = Field(
        60, description="Seconds between two looks at an order, at least"
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
        description="Seconds after an order's placing during which Westcon may not"
        " know it yet",
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

    @field_validator("poll_max")
    @classmethod
    def _at_least_poll_min(cls, poll_max: float, found: ValidationInfo) -> float:
        if poll_max < found.data.get("poll_min", 0):
            raise ValueError("must not be less than WAYBILL_WESTCON__POLL_MIN")
        return poll_max


class Deck(Partner):
    """Access to DECK Commerce's order-link API."""

    NEEDED: ClassVar[tuple[str, ...]] = ("base_url", "site_code", "api_key")

    base_url: BaseUrl = Field(
        "",
        description="Where your DECK is (each client has a host of its own);"
        " `/api/omsorderlinkaccount` is appended",
    )
    site_code: Text = Field("", description="The site's code in DECK")
    api_key: Secret = Field(SecretStr(""), description="DECK's API key for the site")
    api_username: Text = Field(
        "",
        description="The user whose API key that is, when it is not the site's own",
    )
    format: Literal["json", "xml", "form"] = Field(
        "json", description="How links are written: json, xml or form"
    )
    extra_headers: bool = Field(
        default=True,
        description="Whether DECK's `Authorization` and `apiVersion` headers are sent",
    )
    timestamp_format: DotNetForm = Field(
        DEFAULT_FORM,
        description="How TimestampUTC is written, in .NET's letters; the text goes into"
        " the verification key, too",
    )
    read_back: bool = Field(
        default=False,
        description="Whether DECK's order history (`/api/omsorderhistory`) is asked"
        " after a link, which is done only when the customer is there; a second call"
        " per link",
    )
    codes: Mapping[str, Literal["done", "again", "give_up"]] = Field(
        {},
        description="What a ResponseCode means, by number or by name in any case:"
        " done, again or give_up; 0 and 15 are done, all others give_up",
    )
    max_leased: Count = Field(
        128, description="Links under way, or about to be, at one time"
    )

    @field_validator("codes")
    @classmethod
    def _each_once(cls, codes: Mapping[str, str]) -> Mapping[str, str]:
        if len({same_code(code) for code in codes}) < len(codes):
            raise ValueError("names one code twice, by number, by name or in two cases")
        return codes
