"""Contract of Westcon's interfaces: what is known of their answers.

The members are those of Westcon's portal, and those that its SDK documents besides.
"""

from collections.abc import Mapping
from typing import Final

from serializers.drift.contract import (
    ANY_CODE,
    CODE,
    FREE,
    JSON_TYPES,
    MAYBE_TEXT,
    TEXT,
    WRITTEN,
    Contract,
    Many,
    Members,
    Node,
    needs,
)

PARTNER: Final = "westcon"

#: The envelope of the order status, in lower case as all names here.
STATUS_ENVELOPE: Final = "mt_orderstatus_response"
_DETAIL_ENVELOPE: Final = "mt_ordertrack_response"

_LINE = Members(
    {
        "erpordernumber": TEXT,
        "erporderlinenumber": TEXT,
        "customerordernumber": TEXT,
        "customerlinenumber": TEXT,
        "erpproductnumber": TEXT,
        "linequantity": WRITTEN,
        "unitofmeasure": CODE,
        "linestatuscode": CODE,
        "linestatusdescription": TEXT,
        "statusdate": WRITTEN,
        "shipdate": WRITTEN,
        "billingdocument": TEXT,
        "parenterpline": TEXT,
        "customerlongponumber": TEXT,
        "estimatedshipdate": WRITTEN,
        "estimateddeliverydate": WRITTEN,
        "vendorsalesordernumber": TEXT,
    },
    # What is read of a line. The others may be left out without a loss.
    needs(
        "erpordernumber",
        "erporderlinenumber",
        "customerordernumber",
        "erpproductnumber",
        "linequantity",
        "linestatuscode",
        "statusdate",
        "shipdate",
        "billingdocument",
    ),
)

#: Error blocks of Westcon's other interfaces, which stand in an answer's place.
_ERROR: Final[Mapping[str, Node]] = {
    "error": FREE,
    "errors": FREE,
    "errornumber": ANY_CODE,
    "errorcode": ANY_CODE,
    "errordescription": TEXT,
    "info": TEXT,
    "message": TEXT,
    "statuscode": ANY_CODE,
    "success": FREE,
    "validationerrors": FREE,
}
#: One of these makes an object an error block.
_ERROR_MARKS = frozenset({*_ERROR} - {"success", "statuscode"})

#: The gateway's own refusals, and those of what stands behind it.
_REFUSAL = Members({**_ERROR, "activityid": MAYBE_TEXT}, (_ERROR_MARKS,))

#: Gateway and interface; what the gateway itself refuses comes first.
_STATUSES = frozenset({200, 400, 401, 403, 404, 408, 413, 422, 429, 500, 502, 503, 504})

ORDER_STATUS: Final = Contract(
    PARTNER,
    "order status",
    reply=Members(
        {STATUS_ENVELOPE: Many(_LINE), **_ERROR},
        (_ERROR_MARKS | {STATUS_ENVELOPE},),
    ),
    refusal=_REFUSAL,
    statuses=_STATUSES,
    media=JSON_TYPES,
)

#: Where a line's status stands, for what is noted of it after it was read.
LINE: Final = f"{STATUS_ENVELOPE}[]"

_PARTS: Final[Mapping[str, Node]] = {
    "orderstatus": Many(
        Members({"erpordernumber": TEXT, "linestatuscode": CODE}), alone=True
    ),
    "ordertracking": Many(
        Members(
            {"trackingno": TEXT, "carrier": TEXT, "erporderlinenumber": TEXT},
            needs("trackingno"),
        ),
        alone=True,
    ),
    "orderserialnum": Many(
        Members(
            {"manufserialno": TEXT, "macaddress": TEXT, "erporderlinenumber": TEXT},
            (frozenset({"manufserialno", "macaddress"}),),
        ),
        alone=True,
    ),
    # Reference fields of the vendor's, with names and values of its own. We ask for
    # none.
    "ordervrfdata": FREE,
}

SHIPMENT_DETAIL: Final = Contract(
    PARTNER,
    "shipment detail",
    reply=Members(
        {
            _DETAIL_ENVELOPE: Members(_PARTS, (frozenset(_PARTS),)),
            # Live answers omit the envelope.
            **_PARTS,
            **_ERROR,
        },
        (_ERROR_MARKS | {_DETAIL_ENVELOPE, *_PARTS},),
    ),
    refusal=_REFUSAL,
    statuses=_STATUSES,
    media=JSON_TYPES,
    blank=True,
)
