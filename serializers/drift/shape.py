"""Shape: one way in which something a partner sent is not in its contract."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from serializers.formats.ids import hash_parts

#: Hexadecimal digits of a shape's id: a thousand shapes meet once in eight million.
ID_LENGTH: Final = 8


class Kind(StrEnum):
    """What is new, in one word."""

    FIELD = "field"
    TYPE = "type"
    MISSING = "missing"
    STATUS = "status"
    CODE = "code"
    VALUE = "value"
    ENVELOPE = "envelope"
    ENCODING = "encoding"
    CONTENT_TYPE = "content-type"
    HTTP_STATUS = "http-status"
    REDIRECT = "redirect"
    RETRY_AFTER = "retry-after"
    RATE_LIMIT = "rate-limit"


#: What each kind states of an answer.
MEANINGS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.FIELD: "has a member that its contract does not name",
        Kind.TYPE: "has a member of another type",
        Kind.MISSING: "lacks a member that is always there",
        Kind.STATUS: "has a line status that WAYBILL_WESTCON__STATUSES does not have",
        Kind.CODE: "has a response code without a meaning",
        Kind.VALUE: "has a date, a quantity or the like that no rule reads",
        Kind.ENVELOPE: "is wrapped or written otherwise: a page, XML, a list, UTF-16",
        Kind.ENCODING: "is compressed or framed in a way that was not asked for",
        Kind.CONTENT_TYPE: "comes under another Content-Type",
        Kind.HTTP_STATUS: "has a status code that its contract does not have",
        Kind.REDIRECT: "points elsewhere, which is never followed",
        Kind.RETRY_AFTER: "asks to wait in a form that is not read",
        Kind.RATE_LIMIT: "has a header that looks like a rate limit and is not read",
    }
)


class Shape(NamedTuple):
    """What is counted as one; no value of the partner's is in it.

    Attributes:
        partner: by its name in the settings.
        interface: which of its interfaces ("order status").
        kind: what is new.
        path: where it is (`mt_orderstatus_response[].added`, a header); "" for all of
            it. Names in lower case, since their case is no part of any contract.
        form: the type that came, the code, or the pattern of a value.
    """

    partner: str
    interface: str
    kind: Kind
    path: str
    form: str

    @property
    def id(self) -> str:
        """Its name for people; the same in every process."""
        return hash_parts(*self).hex()[:ID_LENGTH]
