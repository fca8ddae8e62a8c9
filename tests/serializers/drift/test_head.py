"""Status, headers and first bytes: what is documented is known, the rest is named."""

import gzip

import pytest

from serializers.deck.contract import ORDER_LINK, ORDER_LINK_XML
from serializers.drift.contract import Contract
from serializers.drift.head import of_bytes, of_head
from serializers.ingram.contract import RECEIVER, RELAY
from serializers.westcon.contract import ORDER_STATUS, SHIPMENT_DETAIL

JSON = {"content-type": "application/json; charset=utf-8"}
PACKED = gzip.compress(b"{}", mtime=0)


@pytest.mark.parametrize(
    ("of", "status", "headers"),
    [
        (ORDER_STATUS, 200, JSON | {"date": "x", "server": "y", "set-cookie": "z"}),
        (ORDER_STATUS, 200, {}),
        (ORDER_STATUS, 429, JSON | {"retry-after": "60"}),
        (ORDER_STATUS, 400, {"content-type": "text/plain"}),
        (ORDER_STATUS, 502, {"content-type": "text/html"}),
        (ORDER_LINK, 200, {"content-type": "text/json"}),
        (ORDER_LINK_XML, 200, {"content-type": "APPLICATION/XML;charset=utf-8"}),
        (RELAY, 429, {"x-ratelimit-limit": "150", "x-ratelimit-remaining": "0"}),
        (RELAY, 429, {"x-ratelimit-reset": "1392815263"}),
        (RECEIVER, 418, {"content-type": "anything", "content-encoding": "identity"}),
    ],
)
def test_what_is_documented_has_nothing_new(
    of: Contract, status: int, headers: dict[str, str]
) -> None:
    assert of_head(of, status, headers) == ()


@pytest.mark.parametrize(
    ("of", "status", "headers", "found"),
    [
        (ORDER_STATUS, 206, JSON, ("http-status", "", "206")),
        (ORDER_LINK, 418, JSON, ("http-status", "", "418")),
        (RECEIVER, 520, {}, ("http-status", "", "520")),
        (RECEIVER, 308, {"location": "x"}, ("redirect", "", "308")),
        (
            ORDER_STATUS,
            200,
            {"content-type": "text/plain"},
            ("content-type", "content-type", "text/plain"),
        ),
        (
            ORDER_STATUS,
            200,
            {"content-type": "\x1b[31mJane"},
            ("content-type", "content-type", "(a text)"),
        ),
        (
            RECEIVER,
            200,
            {"content-encoding": "gzip"},
            ("encoding", "content-encoding", "gzip"),
        ),
        (
            ORDER_STATUS,
            200,
            {"x-ratelimit-remaining": "7"},
            ("rate-limit", "x-ratelimit-remaining", ""),
        ),
        (RELAY, 200, {"ratelimit": "q;r=7"}, ("rate-limit", "ratelimit", "")),
        (ORDER_LINK, 503, {"x-throttle": "1"}, ("rate-limit", "x-throttle", "")),
    ],
)
def test_what_is_not_is_named(
    of: Contract, status: int, headers: dict[str, str], found: tuple[str, str, str]
) -> None:
    assert of_head(of, status, headers) == (found,)


@pytest.mark.parametrize(
    ("of", "body", "written"),
    [
        (ORDER_STATUS, b'{"a": 1}', ""),
        (ORDER_STATUS, b" [1]", ""),
        (ORDER_STATUS, b'"{}"', ""),
        (ORDER_STATUS, b"", "nothing"),
        (ORDER_STATUS, b" \r\n", "nothing"),
        (SHIPMENT_DETAIL, b"", ""),
        (ORDER_STATUS, b"\xef\xbb\xbf{}", "UTF-8 with a mark"),
        (ORDER_STATUS, '{"a": 1}'.encode("utf-16"), "UTF-16"),
        (ORDER_STATUS, b"\n<!DOCTYPE html><html>", "HTML"),
        (ORDER_LINK_XML, b"<html><body>", "HTML"),
        (ORDER_STATUS, b"<a/>", "XML"),
        (ORDER_LINK, b"<GenericResponse/>", "XML"),
        (ORDER_LINK_XML, b"<GenericResponse/>", ""),
        (ORDER_STATUS, PACKED, "gzip"),
        (ORDER_STATUS, gzip.compress(PACKED, mtime=0), "gzip in gzip"),
        (ORDER_STATUS, PACKED[:5], "gzip"),
    ],
)
def test_how_a_document_is_written_is_named(
    of: Contract, body: bytes, written: str
) -> None:
    assert of_bytes(of, body) == written
