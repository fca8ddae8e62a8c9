"""Received notification, its receiver's knowledge, and the findings about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Received:
    """One request; the names of its headers are in lower case."""

    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        """Give a header without the blanks around it, "" when it is not there."""
        return self.headers.get(name, "").strip()


@dataclass(frozen=True, slots=True)
class Known:
    """What the receiver knows.

    Attributes:
        secrets: those it accepts; each a text, or `whsec_` before a key in base64.
        others: secrets that are tried only to explain a refusal.
        at: when the request arrived, in UTC seconds.
        tolerance: seconds by which the two clocks may differ.
        encoding: of x-hub-signature: "base64" or "hex".
    """

    secrets: tuple[str, ...] = field(repr=False)
    at: float
    others: tuple[str, ...] = field(default=(), repr=False)
    tolerance: float = 300
    encoding: Literal["base64", "hex"] = "base64"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a signature does not fit; the code is for programs."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one header.

    Attributes:
        header: its name.
        valid: whether it fits; None when it is not there.
        text: for a person; it names secrets by their number alone.
        reasons: why it does not fit, the likeliest reading of it.
    """

    header: str
    valid: bool | None
    text: str
    reasons: tuple[Reason, ...] = ()
