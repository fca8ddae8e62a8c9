"""Answers that partners document, as the interfaces that they belong to."""

from serializers.deck import contract as deck
from serializers.drift.contract import Contract
from serializers.ingram import contract as ingram
from serializers.oauth_contract import token_contract
from serializers.westcon import contract as westcon
from tests.serializers.wire_samples import sample

LINE = {
    "eRPOrderNumber": "0060012349",
    "eRPOrderLineNumber": "000010",
    "customerOrderNumber": "VC REGULAR MFR SN",
    "customerLineNumber": "",
    "eRPProductNumber": "TC57HO",
    "lineQuantity": "         1.000",
    "unitOfMeasure": "EA",
    "lineStatusCode": "SHI",
    "lineStatusDescription": "Shipped",
    "statusDate": "20240903",
    "shipDate": "20240902",
    "billingDocument": "",
    "parentERPLine": "000000",
}
#: What the SDK documents of a line besides.
OPTIONAL = {
    "CustomerLongPONumber": "VC REGULAR MFR SN 2024",
    "EstimatedShipDate": "20240902",
    "estimatedDeliveryDate": "20240904",
    "vendorSalesOrderNumber": "V-1",
}
DETAIL = {
    "OrderStatus": [{"ERPOrderNumber": "0009", "LineStatusCode": "INV"}],
    "OrderTracking": [{"TrackingNo": "155011", "Carrier": "Fed"}],
    "OrderSerialNum": [{"ManufSerialNo": "S440", "MACAddress": "AA:BB"}],
    "OrderVRFData": [{"Name": "n", "Value": "v"}],
}
TOKEN = {
    "token_type": "Bearer",
    "expires_in": 3599,
    "ext_expires_in": 3599,
    "access_token": "eyJ0",
}
#: The same, when its times were texts.
TOKEN_2019 = {
    "token_type": "Bearer",
    "expires_in": "3600",
    "ext_expires_in": "3600",
    "expires_on": "1562587331",
    "not_before": "1562583431",
    "resource": "e46124f9-0000-0000-0000-000000000000",
    "access_token": "eyJ0",
}
MICROSOFT = {
    "error": "invalid_scope",
    "error_description": "AADSTS70011: The provided request must include …",
    "error_codes": [70011],
    "timestamp": "2020-10-07 19:42:27Z",
    "trace_id": "8a08a7db-d914-4012-8159-067fdc6e4900",
    "correlation_id": "78adae38-0ef1-4147-b30e-00e5e93bdac0",
}
PROBLEM = {
    "id": 123,
    "type": "/errors/validation-failed",
    "message": None,
    "fields": [{"field": "IM-CorrelationID", "value": None, "message": "blank"}],
}

REPLIES: list[tuple[Contract, object]] = [
    (westcon.ORDER_STATUS, {"MT_OrderStatus_Response": [LINE, LINE]}),
    (westcon.ORDER_STATUS, {"mt_orderstatus_response": [LINE | OPTIONAL]}),
    (westcon.ORDER_STATUS, {"MT_OrderStatus_Response": []}),
    (westcon.ORDER_STATUS, {"error": "N", "errorDescription": "No Open Order"}),
    (westcon.SHIPMENT_DETAIL, {"mT_OrderTrack_Response": DETAIL}),
    (westcon.SHIPMENT_DETAIL, DETAIL),
    (westcon.SHIPMENT_DETAIL, {"OrderStatus": DETAIL["OrderStatus"][0]}),
    (deck.ORDER_LINK, {"ResponseCode": 0, "Message": "sample string 1"}),
    (deck.ORDER_LINK, {"ResponseCode": 15, "Message": None, "CorrelationId": "c"}),
    (
        deck.ORDER_HISTORY,
        {
            "ResponseCode": 0,
            "Message": "",
            "TotalRecordsAvailable": 1,
            "OrderDetails": [
                {
                    "OrderNumber": "1",
                    "CustomerID": "-100",
                    "OrderStatus": "Open",
                    "Items": [{"anything": 1}],
                    "Shipments": [{"Items": [{"Tracking": []}]}],
                    "RMAS": [],
                }
            ],
        },
    ),
    (token_contract("westcon"), TOKEN),
    (token_contract("westcon"), TOKEN_2019),
    (token_contract("ingram"), {**TOKEN, "expires_in": 2592000}),
    (ingram.RECEIVER, {"status": "received", "anything": [1, {}]}),
]

REFUSALS: list[tuple[Contract, object]] = [
    (westcon.ORDER_STATUS, {"statusCode": 401, "message": "Access denied."}),
    (westcon.SHIPMENT_DETAIL, {"statusCode": 404, "message": "Resource not found"}),
    (deck.ORDER_LINK, {"Message": "No.", "MessageDetail": "No type was found."}),
    (
        deck.ORDER_HISTORY,
        {
            "Message": "An error has occurred.",
            "ExceptionMessage": "No.",
            "ExceptionType": "System.NotImplementedException",
            "StackTrace": " at Example",
        },
    ),
    (deck.ORDER_LINK, {"Message": "The request is invalid.", "ModelState": {"a": []}}),
    (token_contract("westcon"), MICROSOFT),
    (token_contract("ingram"), {"message": "Invalid client_id"}),
    (ingram.RELAY, {"errors": [PROBLEM]}),
    (ingram.RELAY, [{"errors": [{"traceid": "t", "type": "x", "message": "m"}]}]),
    (ingram.RELAY, {"errors": [{"field": None, "message": "too many requests"}]}),
    (ingram.RELAY, {"fault": {"faultstring": "f", "detail": {"errorcode": "e"}}}),
]

XML = [sample("deck_reply_new.xml"), sample("deck_reply_old.xml")]
