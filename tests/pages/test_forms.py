"""Forms: what changes something comes from a page of the session's own."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pages.conftest import PASSWORD, Person, token_of
from waybill.pages.access import form_token
from waybill.pages.access.origin import Way, is_our_pages, way_of

HERE = "console.example:8443"
PLAIN = Way(is_trusted=False, is_secure=False, hosts=(HERE,), address="")
SECURE = Way(is_trusted=False, is_secure=True, hosts=(HERE,), address="")


@pytest.mark.parametrize(
    ("headers", "way", "ours"),
    [
        ({"sec-fetch-site": "same-origin"}, PLAIN, True),
        ({"sec-fetch-site": "same-site"}, PLAIN, False),
        ({"sec-fetch-site": "cross-site"}, PLAIN, False),
        ({"sec-fetch-site": "none"}, PLAIN, False),
        ({"sec-fetch-site": "cross-site", "origin": f"http://{HERE}"}, PLAIN, False),
        ({"origin": f"http://{HERE}"}, PLAIN, True),
        ({"origin": f"http://{HERE.upper()}"}, PLAIN, True),
        ({"origin": f"https://{HERE}"}, SECURE, True),
        ({"origin": f"http://{HERE}"}, SECURE, False),
        ({"origin": f"https://{HERE}"}, PLAIN, False),
        ({"origin": "http://console.example"}, PLAIN, False),
        ({"origin": f"http://{HERE}.evil.example"}, PLAIN, False),
        ({"origin": "null"}, PLAIN, False),
        ({"origin": "http://["}, PLAIN, False),
        ({}, PLAIN, False),
    ],
)
def test_only_our_own_pages_change_something(
    headers: Mapping[str, str], way: Way, *, ours: bool
) -> None:
    assert is_our_pages(headers, way) is ours


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_a_token_is_of_its_own_secret_and_never_the_same(
    one: bytes, other: bytes
) -> None:
    tokens = {form_token.masked(one.hex()) for _ in range(3)}

    assert len(tokens) == 3
    assert all(form_token.is_of(token, one.hex()) for token in tokens)
    assert any(form_token.is_of(token, other.hex()) for token in tokens) == (
        one == other
    )


@given(st.text())
def test_any_other_text_is_no_token(text: str) -> None:
    assert not form_token.is_of(text, "00" * 32)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Origin": "http://evil.example"},
        {},
    ],
)
def test_what_another_page_sends_signs_nobody_out(
    operator: Person, headers: dict[str, str]
) -> None:
    token = token_of(operator.get("/"))

    answer = operator.send("/sign-out", {"token": token}, **headers)

    assert answer.status_code == 403
    assert operator.get("/").status_code == 200


@pytest.mark.parametrize("token", ["", "x", "A" * 88, "\u202e"])
def test_a_form_without_the_sessions_token_does_nothing(
    operator: Person, token: str
) -> None:
    answer = operator.send("/sign-out", {"token": token}, Sec_Fetch_Site="same-origin")

    assert answer.status_code == 403
    assert "open the page again" in answer.text
    assert operator.get("/").status_code == 200


def test_the_token_of_another_session_does_nothing(operator: Person) -> None:
    other = Person(operator.url).sign_in("vera")
    token = token_of(other.get("/"))

    answer = operator.send("/sign-out", {"token": token}, Sec_Fetch_Site="same-origin")

    assert answer.status_code == 403


def test_nobody_can_be_signed_in_by_another_page(stranger: Person) -> None:
    """Else somebody could have another one act under the attacker's name."""
    form = {"name": "vera", "password": PASSWORD}
    token = token_of(stranger.get("/sign-in"))
    tries = [
        stranger.send("/sign-in", form | {"token": token}, Sec_Fetch_Site="cross-site"),
        stranger.send("/sign-in", form, Sec_Fetch_Site="same-origin"),
        Person(stranger.url).send(
            "/sign-in", form | {"token": token}, Sec_Fetch_Site="same-origin"
        ),
    ]

    assert [one.status_code for one in tries] == [403] * 3
    assert "waybill" not in stranger.session.cookies


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"token": "x"}', "application/json", 415),
        (b"token=\xff", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=b"] * 2_001), "application/x-www-form-urlencoded", 400),
        (b"a" * (4 * 1024 * 1024 + 1), "application/x-www-form-urlencoded", 413),
    ],
)
def test_what_is_no_form_is_refused(
    stranger: Person, body: bytes, kind: str, status: int
) -> None:
    answer = stranger.session.post(
        f"{stranger.url}/sign-in",
        data=body,
        headers={"Content-Type": kind},
        timeout=30,
    )

    assert answer.status_code == status


def test_what_a_stranger_forwards_is_not_believed() -> None:
    headers = {
        "host": "console.example",
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "https",
        "x-forwarded-for": "192.0.2.9",
    }

    way = way_of("192.0.2.1", "http", headers, ())

    assert way == Way(
        is_trusted=False,
        is_secure=False,
        hosts=("console.example",),
        address="192.0.2.1",
    )
