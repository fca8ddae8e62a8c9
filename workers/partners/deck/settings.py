"""Settings of DECK Commerce: access to its order-link API."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, SecretStr, field_validator

from serializers.deck.reply import same_code
from serializers.deck.timestamp import DEFAULT_FORM
from workers.fields.partner import Partner
from workers.fields.types import BaseUrl, Count, DotNetForm, Secret, Text


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
