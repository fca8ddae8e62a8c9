"""Contract of DECK Commerce's interfaces: what is known of their answers."""

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

PARTNER: Final = "deck"

#: The root of a reply in XML; JSON has its members at the root.
XML_ROOT: Final = "genericresponse"
#: DECK's codes are numbers in JSON and names in XML, and each is taken in either.
CODE_MEMBER: Final = "responsecode"

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
