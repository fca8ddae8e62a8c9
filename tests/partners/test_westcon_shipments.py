"""Westcon's shipment detail: the call, and what its refusals mean."""

import json
from collections.abc import Callable

import pytest
import redis as redis_library

from sandbox.server import Sandbox
from serializers.errors import DecodeError
from serializers.westcon.shipment_detail import Parcel, Serial, ShipmentDetail
from tasks.outcomes.errors import (
    NotYet,
    PartnerError,
    PermanentError,
    Throttled,
    Unavailable,
)
from tests.http.raw_server import Act, RawServer, always
from tests.partners.partners import answer, westcon, westcon_tokens
from workers.http.client import HttpClient
from workers.partners.oauth.token_source import TokenSource
from workers.partners.westcon.gateway import QUOTA_SECONDS
from workers.partners.westcon.shipment_detail import STAND_DOWN

BODY = json.dumps(
    {
        "OrderTracking": [{"TrackingNo": "1Z999", "Carrier": "UPS"}],
        "OrderSerialNum": [{"ManufSerialNo": "S1", "MACAddress": "AA:BB"}],
    }
).encode()


@pytest.fixture
def tokens(
    sandbox: Sandbox, http: HttpClient, redis: "redis_library.Redis"
) -> TokenSource:
    return westcon_tokens(sandbox, http, redis)


@pytest.fixture
def detail(
    serve: Callable[[Act], RawServer], http: HttpClient, tokens: TokenSource
) -> Callable[..., ShipmentDetail]:
    """Ask a server that answers just this."""

    def ask(status: int, body: bytes, header: str = "") -> ShipmentDetail:
        server = serve(always(answer(status, body, header)))
        return westcon(server.url(""), http, tokens).shipment_detail("W", "6000001")

    return ask


def test_the_request_asks_for_one_order_with_tracking_and_serial_numbers(
    serve: Callable[[Act], RawServer], http: HttpClient, tokens: TokenSource
) -> None:
    server = serve(always(answer(200, BODY)))
    client = westcon(server.url("") + "/gateway", http, tokens, subscription_key="sub")

    detail = client.shipment_detail("W", "6000001")

    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    asked = json.loads(body)["mT_OrderTrack_API_Req"]
    assert detail.parcels == (Parcel("1Z999", "UPS"),)
    assert detail.serials == (Serial("S1", "AA:BB"),)
    assert head.startswith(b"POST /gateway/shipping/ShipmentDetail HTTP/1.1\r\n")
    assert b"\r\nOcp-Apim-Subscription-Key: sub\r\n" in head
    assert f"\r\nAuthorization: Bearer {tokens.token()}\r\n".encode() in head
    assert asked["orderNumber"] == "6000001"
    assert (asked["trackingData"], asked["serialData"]) == ("Y", "Y")


@pytest.mark.parametrize(("status", "body"), [(200, b""), (204, b""), (202, b"{}")])
def test_any_success_is_an_answer_even_an_empty_one(
    detail: Callable[..., ShipmentDetail], status: int, body: bytes
) -> None:
    assert detail(status, body) == ShipmentDetail()


@pytest.mark.parametrize("status", [401, 403, 404])
def test_an_interface_that_is_not_included_stands_down_and_costs_no_token(
    detail: Callable[..., ShipmentDetail], tokens: TokenSource, status: int
) -> None:
    token = tokens.token()

    with pytest.raises(NotYet, match="WAYBILL_WESTCON__SHIPMENT_DETAIL") as caught:
        detail(status, b'{"statusCode":401,"message":"Access denied"}')

    assert (caught.value.code, caught.value.after) == ("not_included", STAND_DOWN)
    assert caught.value.shared
    assert tokens.token() == token


@pytest.mark.parametrize(
    ("status", "header", "kind", "code"),
    [
        (429, "Retry-After: 7\r\n", Throttled, "http_429"),
        (403, "Retry-After: 7\r\n", Throttled, "http_403"),
        (503, "", Unavailable, "http_503"),
        (400, "", PermanentError, "http_400"),
        (302, "Location: /login\r\n", PermanentError, "http_302"),
    ],
)
def test_other_refusals_are_sorted_by_their_future(
    detail: Callable[..., ShipmentDetail],
    status: int,
    header: str,
    kind: type[PartnerError],
    code: str,
) -> None:
    with pytest.raises(kind) as caught:
        detail(status, b"{}", header)

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Out of call volume quota.", QUOTA_SECONDS),
        (
            "Out of call volume quota. Quota will be replenished in 5.03:23:11.",
            444_191.0,
        ),
    ],
)
def test_a_quota_that_is_used_up_is_no_missing_interface(
    detail: Callable[..., ShipmentDetail], message: str, seconds: float
) -> None:
    body = json.dumps({"statusCode": 403, "message": message}).encode()

    with pytest.raises(Throttled, match="quota") as caught:
        detail(403, body)

    assert (caught.value.code, caught.value.retry_after) == ("http_403", seconds)


def test_a_success_that_is_no_answer_is_refused_with_what_it_shows(
    detail: Callable[..., ShipmentDetail],
) -> None:
    page = b"<html><head><title>Please sign in</title></head></html>"

    with pytest.raises(DecodeError, match=r"answered 200, but: .*Please sign in"):
        detail(200, page)
