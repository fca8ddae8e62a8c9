"""Settings of the HTTP door with its console, `waybill serve`."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from workers.fields.types import (
    Count,
    HttpUrl,
    Name,
    Network,
    PerMinute,
    Seconds,
    Section,
    Text,
)

#: What a token lets its holder do: put events in, or read orders.
Right = Literal["publish", "read"]

#: What a person may do in the console: look, or act as well.
Role = Literal["viewer", "operator"]

#: What a person signs in as; behind a proxy often an address.
UserName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,126}$")
]

#: Nothing, or what argon2 makes of a password.
PasswordHash = Annotated[
    str, StringConstraints(pattern=r"^(|\$argon2id\$[\x21-\x7e]{40,400})$")
]

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$", to_lower=True)]


class DoorToken(Section):
    """One bearer token: its digest, never the token itself."""

    sha256: Digest
    rights: tuple[Right, ...] = Field(min_length=1)


class ConsoleUser(Section):
    """One person: what argon2 makes of a password, never the password itself.

    Without a password only the proxy in front can vouch for them.
    """

    argon2: PasswordHash = Field("", repr=False)
    role: Role


class HttpDoor(Section):
    """Who may come in by HTTP, and how much of it."""

    tokens: Mapping[Name, DoorToken] = Field(
        {},
        description="Who may come in, by name, each with `sha256` (the token's digest)"
        " and `rights` (`publish`, `read`); `waybill serve token NAME` makes one",
    )
    most_bytes: Count = Field(
        16_777_216, description="Bytes that the body of a request may have"
    )
    most_events: Count = Field(
        1_000, le=10_000, description="Events that one batch may have"
    )
    most_waiting: Count = Field(
        100_000,
        description="Entries of the stream from which on posted events are answered"
        " with 429",
    )
    per_minute: PerMinute = Field(
        0, description="Requests a minute that one token may make; 0: any number"
    )
    seconds: Seconds = Field(
        30,
        description="Seconds within which the head of a request has to arrive, and then"
        " its body; and for which an answer that nobody reads is kept",
    )
    most_readers: Count = Field(
        100,
        le=10_000,
        description="Readers that may wait for results at a time (`wait=`); one more is"
        " answered with 429",
    )
    most_connections: Count = Field(
        500,
        description="Connections that may be open at a time; a request on one more is"
        " answered with 503. Each takes one of the process's open files",
    )
    users: Mapping[UserName, ConsoleUser] = Field(
        {},
        description="Who may sign in to the console, by name, each with `argon2` (the"
        " password's hash) and `role` (`viewer` looks, `operator` acts too); `waybill"
        " serve user NAME` makes one. An entry without `argon2` is for somebody whom"
        " the proxy in front has signed in. Not set: there is no console",
    )
    trusted_proxy: tuple[Network, ...] = Field(
        (),
        description="Networks (CIDR) of the proxies in front of the console: from them"
        " alone `X-Forwarded-Proto`, `X-Forwarded-Host`, `X-Forwarded-For` and the"
        " user's header are taken",
    )
    proxy_user: Text = Field(
        "",
        pattern=r"^[A-Za-z0-9-]*$",
        description="The header in which a trusted proxy states whom it has signed in,"
        " such as `X-Forwarded-User`; it must remove what a browser sends under that"
        " name. Not set: nobody is taken at a proxy's word",
    )
    session_idle: Seconds = Field(
        1_800,
        description="Seconds without a request after which a session of the console"
        " ends; pages that renew themselves do not count",
    )
    session_most: Seconds = Field(
        43_200, description="Seconds after which any session of the console ends"
    )
    flower_url: HttpUrl | Literal[""] = Field(
        "", description="Where the console's link to Flower leads; not set: no link"
    )
