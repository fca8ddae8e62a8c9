"""Settings of DECK Commerce: access to its order-link API."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, Field, SecretStr, field_validator

from serializers.deck.contract import same_code
from serializers.deck.timestamp import DEFAULT_FORM
from serializers.order import DEFAULT
from tasks.planning.rules import DECK
from workers.fields.several import Several, Sharing, instance_name
from workers.fields.types import (
    BaseUrl,
    Count,
    DotNetForm,
    PerMinute,
    Secret,
    Text,
)

Format = Literal["json", "xml", "form"]


class Site(Sharing):
    """One more site."""

    shared: tuple[Literal["site_code", "api_key", "api_username"], ...] = ()
    base_url: BaseUrl | None = None
    site_code: Text | None = None
    api_key: Secret | None = None
    api_username: Text | None = None
    format: Format | None = None
    extra_headers: bool | None = None
    timestamp_format: DotNetForm | None = None
    read_back: bool | None = None
    max_leased: Count | None = None
    rate: PerMinute | None = None


SiteName = Annotated[str, AfterValidator(instance_name("a site", DEFAULT))]


class Deck(Several):
    """Access to DECK Commerce's order-link API."""

    SECTION: ClassVar[str] = DECK
    KIND: ClassVar[str] = "site"
    IDENTITY: ClassVar[str] = "site_code"
    OWN: ClassVar[tuple[str, ...]] = ("site_code", "api_key", "api_username")
    SENT_TO: ClassVar[Mapping[str, str]] = {
        "api_key": "base_url",
        "api_username": "base_url",
    }
    WITHIN: ClassVar[Mapping[str, tuple[type[BaseModel], ...]]] = {"sites": (Site,)}
    APART: ClassVar[Mapping[str, tuple[str, ...]]] = {"sites": ("sites",)}
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
    format: Format = Field(
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
    sites: Mapping[SiteName, Site] = Field(
        {},
        description="Further sites by name, chosen by `data.deck.site` of an event,"
        " each with a `site_code`, an `api_key` and, where that is a user's, an"
        " `api_username` of its own, but for those that it names in its list `shared`;"
        " and with what is its own of `base_url`, `format`, `extra_headers`,"
        " `timestamp_format`, `read_back`, `max_leased`, `rate`: the rest is as set"
        " beside it. What is set beside it is the site `default`, where it has a site"
        " code",
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
