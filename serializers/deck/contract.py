"""Contract of DECK Commerce's interfaces: what is known of their answers."""

import re
from collections.abc import Mapping
from typing import Final

from serializers.drift.contract import (
    ANY_CODE,
    FREE,
    JSON_TYPES,
    MAYBE_TEXT,
    NULL,
    NUMBER,
    TEXT,
    XML_TYPES,
    Contract,
    Many,
    Members,
    Node,
    Scalar,
    needs,
)
from serializers.formats.json_limits import JsonValue
from serializers.formats.lenient_json import text_of
from serializers.formats.text import without_controls

PARTNER: Final = "deck"

#: The root of a reply in XML; JSON has its members at the root.
XML_ROOT: Final = "genericresponse"
#: DECK's codes are numbers in JSON and names in XML, and each is taken in either.
CODE_MEMBER: Final = "responsecode"
MAX_CODE: Final = 64
#: Success is on DECK's help pages with name and number. 15 is "successfully queued"
#: in DECK's Magento module, whose constant this is; DECK's own name is not published.
_NUMBERS = {"success": "0", "successfullyqueued": "15"}
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")

_REPLY: Final[Mapping[str, Node]] = {
    CODE_MEMBER: ANY_CODE,
    "message": MAYBE_TEXT,
    "correlationid": MAYBE_TEXT,
}

#: What ASP.NET below DECK refuses with.
_REFUSAL = Members(
    {
        "message": TEXT,
        "messagedetail": TEXT,
        "exceptionmessage": TEXT,
        "exceptiontype": TEXT,
        "stacktrace": MAYBE_TEXT,
        "innerexception": FREE,
        # Its members are named after what was sent.
        "modelstate": FREE,
        **_REPLY,
    },
    needs("message"),
)

_STATUSES = frozenset(
    {200, 201, 202, 400, 401, 403, 404, 405, 408, 409, 415, 429}
    | {500, 502, 503, 504, 509}
)

ORDER_LINK: Final = Contract(
    PARTNER,
    "order link",
    reply=Members(_REPLY, needs(CODE_MEMBER)),
    refusal=_REFUSAL,
    statuses=_STATUSES,
    media=JSON_TYPES,
)

#: The same where XML was asked for.
ORDER_LINK_XML: Final = Contract(
    PARTNER,
    "order link",
    reply=Members({XML_ROOT: Members(_REPLY, needs(CODE_MEMBER))}, needs(XML_ROOT)),
    refusal=_REFUSAL,
    statuses=_STATUSES,
    media=XML_TYPES,
    markup=True,
)

_RECORD = Members(
    {
        "ordernumber": TEXT,
        "customerid": Scalar(frozenset({str, int, NULL})),
        "orderstatus": FREE,
        # Nobody here reads what an order consists of.
        "items": FREE,
        "shipments": FREE,
        "rmas": FREE,
    },
    needs("customerid"),
)

ORDER_HISTORY: Final = Contract(
    PARTNER,
    "order history",
    reply=Members(
        {
            **_REPLY,
            "totalrecordsavailable": NUMBER,
            "orderdetails": Many(_RECORD),
        },
        needs(CODE_MEMBER),
    ),
    refusal=_REFUSAL,
    statuses=_STATUSES,
    media=JSON_TYPES,
)


def code_of(value: JsonValue) -> str:
    """Give the one spelling of a code: its number where that is known.

    Args:
        value: 15, 15.0, "15", "015", "SuccessfullyQueued", …

    Returns:
        "15" for all of these; a name without a known number as it was written; ""
        for what is no code.
    """
    text = "" if isinstance(value, bool) else text_of(value)
    if _NUMBER.fullmatch(text):
        return str(int(text))
    return _NUMBERS.get(text.casefold()) or without_controls(text, MAX_CODE)


def same_code(code: str) -> str:
    """Give what two spellings of one name have in common, for a look-up."""
    return code_of(code).casefold()
