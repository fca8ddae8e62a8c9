"""Settings of the HTTP door, `waybill serve`."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from workers.fields.types import Count, Name, PerMinute, Seconds, Section

#: What a token lets its holder do: put events in, or read orders.
Right = Literal["publish", "read"]

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$", to_lower=True)]


class DoorToken(Section):
    """One bearer token: its digest, never the token itself."""

    sha256: Digest
    rights: tuple[Right, ...] = Field(min_length=1)


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
