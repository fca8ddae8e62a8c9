"""A proxy in front: whom it has signed in, and from where that is believed."""

from ipaddress import ip_network

import pytest
import redis

from tests.pages.conftest import Opener
from waybill.pages.access.origin import is_in, way_of
from workers.ledger import keys

BEHIND = {
    "WAYBILL_HTTP__TRUSTED_PROXY": '["127.0.0.0/8"]',
    "WAYBILL_HTTP__PROXY_USER": "X-Forwarded-User",
}
PAULA = {"X_Forwarded_User": "paula@example.com"}


def test_whom_a_trusted_proxy_has_signed_in_comes_in(
    console_of: Opener, redis: redis.Redis
) -> None:
    with console_of(**BEHIND) as person:
        first = person.get("/", **PAULA)
        second = person.get("/", **PAULA)

    assert "paula@example.com" in first.text
    assert second.status_code == 200
    assert len(list(redis.scan_iter(keys.session("*")))) == 1


def test_the_proxys_session_is_of_no_use_without_the_proxys_word(
    console_of: Opener,
) -> None:
    with console_of(**BEHIND) as person:
        person.get("/", **PAULA)

        assert person.get("/").status_code == 303
        other = person.get("/", X_Forwarded_User="olga")
        assert "olga" in other.text
        assert "paula" not in other.text


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("WAYBILL_HTTP__TRUSTED_PROXY", '["10.0.0.0/8"]'),
        ("WAYBILL_HTTP__TRUSTED_PROXY", "[]"),
        ("WAYBILL_HTTP__PROXY_USER", "X-Other"),
        ("WAYBILL_HTTP__PROXY_USER", ""),
    ],
)
def test_nobody_else_is_taken_at_their_word(
    console_of: Opener, setting: str, value: str
) -> None:
    with console_of(**BEHIND | {setting: value}) as person:
        assert person.get("/", **PAULA).status_code == 303


def test_somebody_whom_the_settings_do_not_name_does_not_come_in(
    console_of: Opener,
) -> None:
    with console_of(**BEHIND) as person:
        assert person.get("/", X_Forwarded_User="mallory").status_code == 303
        assert "WAYBILL_HTTP__USERS" in person.get("/sign-in").text


def test_over_https_the_cookie_goes_over_https_alone(console_of: Opener) -> None:
    with console_of(**BEHIND) as person:
        answer = person.get("/", **PAULA, X_Forwarded_Proto="https")

    raw = answer.headers["set-cookie"]
    assert raw.startswith("__Host-waybill=")
    assert "Secure" in raw


def test_what_a_trusted_proxy_forwards_counts() -> None:
    headers = {
        "host": "10.1.2.3:8080",
        "x-forwarded-host": "Console.example",
        "x-forwarded-proto": "https",
        "x-forwarded-for": "203.0.113.7, 192.0.2.9",
    }

    way = way_of("10.0.0.5", "http", headers, (ip_network("10.0.0.0/8"),))

    assert way.is_secure
    assert way.hosts == ("10.1.2.3:8080", "console.example")
    # What stands before it, the browser may have written.
    assert way.address == "192.0.2.9"


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("11.1.2.3", False),
        ("", False),
        ("testclient", False),
        ("fd00::1", False),
    ],
)
def test_an_address_is_in_a_network(address: str, *, inside: bool) -> None:
    assert is_in(address, (ip_network("10.0.0.0/8"),)) is inside
