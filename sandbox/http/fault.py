"""Faults: the ways in which a partner may misbehave, as values.

A fault either happens before the partner acts (`applies` is false: no link is
made, no notification taken) or to the answer after it acted.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self


class Kind(StrEnum):
    """The misbehaviours on offer; the constructors of `Fault` explain them."""

    STATUS = "status"
    DELAY = "delay"
    DROP = "drop"
    RESET = "reset"
    APPLY_THEN_DROP = "apply_then_drop"
    HANG_UP = "hang_up"
    TRUNCATE = "truncate"
    SLOW_BODY = "slow_body"
    SLOW_HEADERS = "slow_headers"
    HTML_200 = "html_200"
    EMPTY_200 = "empty_200"
    INVALID_JSON = "invalid_json"
    WRONG_CONTENT_TYPE = "wrong_content_type"
    REDIRECT = "redirect"
    HUGE_BODY = "huge_body"
    HUGE_HEADERS = "huge_headers"
    GZIPPED = "gzipped"
    DROP_ORDERS = "drop_orders"
    SINGLE_OBJECT = "single_object"
    NO_ENVELOPE = "no_envelope"
    PASCAL_KEYS = "pascal_keys"
    CAMEL_KEYS = "camel_keys"
    JSON_IN_JSON = "json_in_json"
    DATES = "dates"
    VALUES = "values"
    FOLDED = "folded"
    RESPONSE_CODE = "response_code"


@dataclass(frozen=True, slots=True)
class Fault:
    """A misbehaviour; make one with the constructors below.

    Attributes:
        code: HTTP status, or DECK's ResponseCode.
        text: body, location, content type or framing, as the kind needs.
        rate: bytes per second.
        size: bytes, or how many headers.
        after: bytes, or orders, that come through before the fault begins.
        only: the order number, event id or receiver it is meant for; "" is all.
        effect: whether the partner acts all the same; None leaves it to the kind.
    """

    kind: Kind
    code: int = 0
    text: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    rate: float = 0.0
    size: int = 0
    after: int = 0
    only: str = ""
    effect: bool | None = None

    @property
    def applies(self) -> bool:
        """Whether the partner acts before it misbehaves.

        Who answers 2xx has acted, unless the fault was ordered otherwise.
        """
        if self.effect is not None:
            return self.effect
        match self.kind:
            case Kind.STATUS:
                return 200 <= self.code < 300  # noqa: PLR2004 - HTTP's own numbers
            case Kind.RESPONSE_CODE:
                return self.code in {0, 15}
            case Kind.RESET:
                return self.after > 0
            case Kind.DROP | Kind.REDIRECT:
                return False
            case _:
                return True

    def on(self, only: str) -> Self:
        """The same, for one order number, event id or receiver alone."""
        return replace(self, only=only)

    def acting(self, *, effect: bool) -> Self:
        """The same, with or without the partner having acted."""
        return replace(self, effect=effect)

    @classmethod
    def status(
        cls,
        code: int,
        body: str = "",
        headers: Mapping[str, str] | None = None,
        *,
        retry_after: str | int | None = None,
    ) -> Self:
        """Answer this status; 2xx means the partner acted, others not."""
        every = dict(headers or {})
        if retry_after is not None:
            every["Retry-After"] = str(retry_after)
        return cls(Kind.STATUS, code=code, text=body, headers=tuple(every.items()))

    @classmethod
    def delay(cls, seconds: float) -> Self:
        """Act at once, answer late."""
        return cls(Kind.DELAY, seconds=seconds)

    @classmethod
    def drop(cls) -> Self:
        """Close the connection without acting or answering."""
        return cls(Kind.DROP)

    @classmethod
    def reset(cls, after: int = 0) -> Self:
        """Reset the connection, at once or after so many bytes of the body."""
        return cls(Kind.RESET, after=after)

    @classmethod
    def apply_then_drop(cls) -> Self:
        """Act, then close without answering."""
        return cls(Kind.APPLY_THEN_DROP)

    @classmethod
    def gateway(cls, code: int = 502) -> Self:
        """Act, then have the gateway before the partner answer this in its place."""
        page = f"<html><head><title>{code}</title></head><body>nginx</body></html>"
        return cls.status(code, page).acting(effect=True)

    @classmethod
    def hang_up(cls) -> Self:
        """Answer well, then close a connection that was to be kept alive."""
        return cls(Kind.HANG_UP)

    @classmethod
    def truncate(cls, after: int = 5, framing: str = "length") -> Self:
        """Send `after` bytes of the body; framing is length, chunked or close."""
        return cls(Kind.TRUNCATE, after=after, text=framing)

    @classmethod
    def slow_body(cls, bytes_per_second: float) -> Self:
        """Send the headers at once and the body in drops."""
        return cls(Kind.SLOW_BODY, rate=bytes_per_second)

    @classmethod
    def slow_headers(cls, bytes_per_second: float) -> Self:
        """Send the status line and headers in drops."""
        return cls(Kind.SLOW_HEADERS, rate=bytes_per_second)

    @classmethod
    def html_200(cls) -> Self:
        """Answer 200 with a web page, as a proxy in between does."""
        return cls(Kind.HTML_200)

    @classmethod
    def empty_200(cls) -> Self:
        """Answer 200 with nothing."""
        return cls(Kind.EMPTY_200)

    @classmethod
    def invalid_json(cls) -> Self:
        """Answer 200 with JSON that lacks a value, as Westcon's pricing does."""
        return cls(Kind.INVALID_JSON)

    @classmethod
    def wrong_content_type(cls, content_type: str = "text/plain") -> Self:
        """Answer well under another Content-Type."""
        return cls(Kind.WRONG_CONTENT_TYPE, text=content_type)

    @classmethod
    def redirect(cls, location: str, code: int = 302) -> Self:
        """Point elsewhere, without acting."""
        return cls(Kind.REDIRECT, code=code, text=location)

    @classmethod
    def huge_body(cls, size: int = 10_485_760) -> Self:
        """Send so many bytes; 0 never ends."""
        return cls(Kind.HUGE_BODY, size=size)

    @classmethod
    def huge_headers(cls, count: int = 300) -> Self:
        """Send so many extra headers of one KiB each."""
        return cls(Kind.HUGE_HEADERS, size=count)

    @classmethod
    def gzipped(cls, size: int = 0, after: int = 0) -> Self:
        """Compress the body; blow it up to `size` zeros, cut it at `after` bytes."""
        return cls(Kind.GZIPPED, size=size, after=after)

    @classmethod
    def drop_orders(cls, after: int = 1) -> Self:
        """Westcon: answer the first orders only."""
        return cls(Kind.DROP_ORDERS, after=after)

    @classmethod
    def single_object(cls) -> Self:
        """Westcon: the first line alone, as an object instead of a list."""
        return cls(Kind.SINGLE_OBJECT)

    @classmethod
    def no_envelope(cls) -> Self:
        """Westcon: what else stands in an envelope, bare."""
        return cls(Kind.NO_ENVELOPE)

    @classmethod
    def pascal_keys(cls) -> Self:
        """Westcon: keys that begin with a capital."""
        return cls(Kind.PASCAL_KEYS)

    @classmethod
    def camel_keys(cls) -> Self:
        """Westcon's shipment detail: keys that begin with a small letter."""
        return cls(Kind.CAMEL_KEYS)

    @classmethod
    def json_in_json(cls) -> Self:
        """Westcon: the document as a JSON string."""
        return cls(Kind.JSON_IN_JSON)

    @classmethod
    def dates(cls, text: str = "00000000") -> Self:
        """Westcon: every date of the reply is this."""
        return cls(Kind.DATES, text=text)

    @classmethod
    def values(cls, **cells: str) -> Self:
        """Westcon: these cells of every line hold this (`lineQuantity="2.000-"`)."""
        return cls(Kind.VALUES, text=json.dumps(cells))

    @classmethod
    def folded(cls) -> Self:
        """Westcon: find purchase orders without regard to case and leading zeros.

        Lines keep the spelling of the order that they are of.
        """
        return cls(Kind.FOLDED)

    @classmethod
    def response_code(cls, code: int, message: str, seconds: float = 0.0) -> Self:
        """DECK: HTTP 200 with this code; only 0 and 15 link, after `seconds`."""
        return cls(Kind.RESPONSE_CODE, code=code, text=message, seconds=seconds)
