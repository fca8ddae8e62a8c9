"""DECK's account link: requests, replies, and what its codes mean."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox import settings as known
from sandbox.http.fault import Fault
from sandbox.server import Sandbox
from tasks.outcomes.errors import (
    PartnerError,
    PermanentError,
    Throttled,
    TransientError,
    Unavailable,
)
from tests.defaults import deck_access
from tests.http.raw_server import Act, RawServer, always
from tests.partners.conftest import NOW
from tests.partners.partners import answer, deck
from workers.http.client import HttpClient
from workers.partners.deck.client import DeckClient

#: printf 'api/omsorderlinkaccount11/20/2026 10:00 AMdeck-key' | sha256sum
KEY = "7EF1A6E0D76EE3C549F5C1FDFE134ABD091B87A4DDEC5D72460A959A169424CB"
OK = b'{"ResponseCode":0,"Message":"","CorrelationId":"c"}'


@pytest.fixture
def make(sandbox: Sandbox, http: HttpClient) -> Callable[..., DeckClient]:
    def client(**differently: Any) -> DeckClient:
        return deck(f"{sandbox.url}/deck", http, **differently)

    return client


def refusal(client: DeckClient) -> PartnerError:
    with pytest.raises(PartnerError) as caught:
        client.link("SO-1", "77")
    return caught.value


@pytest.mark.parametrize("form", ["json", "xml", "form"])
def test_every_format_makes_the_link(
    sandbox: Sandbox, make: Callable[..., DeckClient], form: str
) -> None:
    text = make(format=form).link("SO-1", "Käufer & Söhne")

    assert text == f"code 0 {form}"
    assert sandbox.links.customer("SO-1") == "Käufer & Söhne"


@pytest.mark.parametrize("form", ["json", "xml", "form"])
def test_a_user_links_with_a_key_of_its_own(
    sandbox: Sandbox, make: Callable[..., DeckClient], form: str
) -> None:
    client = make(
        format=form,
        api_username=known.DECK_API_USERNAME,
        api_key=known.DECK_USER_KEY,
    )

    client.link("SO-1", "77")

    assert sandbox.links.customer("SO-1") == "77"


def test_the_request_is_what_decks_module_sends(
    serve: Callable[[Act], RawServer], http: HttpClient
) -> None:
    server = serve(always(answer(200, OK)))
    access = deck_access(server.url(""), "SITE", "deck-key")

    DeckClient(http, access, lambda: NOW).link("SO-1", "77")

    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/omsorderlinkaccount HTTP/1.1\r\n")
    assert f"\r\nAuthorization: {KEY}\r\n".encode() in head
    assert head.endswith(b"\r\napiVersion: 5")
    assert b"\r\nContent-Type: application/json\r\n" in head
    assert json.loads(body) == {
        "SiteCode": "SITE",
        "VerificationKey": KEY,
        "TimestampUTC": "11/20/2026 10:00 AM",
        "OrderNumber": "SO-1",
        "CustomerID": "77",
    }


def test_the_extra_headers_can_be_left_out(
    serve: Callable[[Act], RawServer], http: HttpClient
) -> None:
    server = serve(always(answer(200, OK)))

    deck(server.url(""), http, extra_headers=False).link("SO-1", "77")

    assert b"authorization" not in server.requests[0].lower()
    assert b"apiversion" not in server.requests[0].lower()


def test_the_key_is_fresh_for_every_call(
    serve: Callable[[Act], RawServer], http: HttpClient
) -> None:
    server = serve(always(answer(200, OK)))
    times = [datetime(2026, 11, 20, 10, minute, tzinfo=UTC) for minute in (0, 0, 1, 1)]
    access = deck_access(server.url(""), "SITE", "deck-key")
    client = DeckClient(http, access, lambda: times.pop(0))

    client.link("SO-1", "77")
    client.link("SO-1", "77")

    first, second = (
        json.loads(request.partition(b"\r\n\r\n")[2]) for request in server.requests
    )
    assert first["VerificationKey"] == KEY
    assert second["TimestampUTC"] == "11/20/2026 10:01 AM"
    assert second["VerificationKey"] != KEY


def test_time_is_written_in_the_form_that_the_settings_state(
    serve: Callable[[Act], RawServer], http: HttpClient
) -> None:
    server = serve(always(answer(200, OK)))
    form = "yyyy-MM-ddTHH:mm:ssZ"
    access = deck_access(server.url(""), "SITE", "deck-key", timestamp_format=form)

    DeckClient(http, access, lambda: NOW).link("SO-1", "77")

    sent = json.loads(server.requests[0].partition(b"\r\n\r\n")[2])
    # printf 'api/omsorderlinkaccount2026-11-20T10:00:00Zdeck-key' | sha256sum
    key = "9C139C8F5A073C76CDB52033CCE053B5CDFDEB2174FC79BC587F90FF6E8C45A9"
    assert (sent["TimestampUTC"], sent["VerificationKey"]) == (
        "2026-11-20T10:00:00Z",
        key,
    )


@pytest.mark.parametrize("form", ["json", "xml", "form"])
def test_the_stand_in_takes_another_form_of_time(
    sandbox: Sandbox, make: Callable[..., DeckClient], form: str
) -> None:
    client = make(format=form, timestamp_format="yyyy-MM-ddTHH:mm:ssZ")

    client.link("SO-1", "77")

    assert sandbox.links.customer("SO-1") == "77"


def test_queued_is_a_success(sandbox: Sandbox, make: Callable[..., DeckClient]) -> None:
    sandbox.faults.order("deck.link", Fault.response_code(15, "queued"))

    assert make().link("SO-1", "77") == "code 15 json"


def test_another_code_gives_up_and_keeps_code_and_message(
    sandbox: Sandbox, make: Callable[..., DeckClient]
) -> None:
    sandbox.faults.order("deck.link", Fault.response_code(7, "no such order"))

    error = refusal(make())

    assert isinstance(error, PermanentError)
    assert error.code == "deck_7"
    assert "ResponseCode 7: no such order" in str(error)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_wrong_key_gives_up_without_showing_it(
    make: Callable[..., DeckClient], form: str
) -> None:
    error = refusal(make(format=form, api_key="canary-key"))

    assert isinstance(error, PermanentError)
    assert error.code.startswith("deck_")
    assert "canary" not in str(error)


def test_the_meaning_of_codes_is_a_setting(
    sandbox: Sandbox, make: Callable[..., DeckClient]
) -> None:
    client = make(codes={"7": "again", "8": "done", "15": "give_up"})
    for code in (7, 8, 15):
        sandbox.faults.order("deck.link", Fault.response_code(code, "so it is"))

    again = refusal(client)
    done = client.link("SO-1", "77")
    given_up = refusal(client)

    assert type(again) is TransientError
    assert again.code == "deck_7"
    assert done == "code 8 json"
    assert isinstance(given_up, PermanentError)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Sign in</body></html>",
        b'{"Message":"An error has occurred."}',
        b"<Error><Message>An error has occurred.</Message></Error>",
        b'{"ResponseCode":0',
        b'{"ResponseCode":null}',
        b"ok",
    ],
)
def test_a_success_without_a_response_code_comes_again(
    serve: Callable[[Act], RawServer], http: HttpClient, body: bytes
) -> None:
    server = serve(always(answer(200, body)))

    error = refusal(deck(server.url(""), http))

    assert isinstance(error, Unavailable)
    assert error.code == "decode"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, PermanentError),
        (401, PermanentError),
        (404, PermanentError),
        (302, PermanentError),
        (408, Unavailable),
        (429, Throttled),
        (500, Unavailable),
        (509, Unavailable),
    ],
)
def test_the_status_is_looked_at_before_the_body(
    serve: Callable[[Act], RawServer],
    http: HttpClient,
    status: int,
    kind: type[PartnerError],
) -> None:
    server = serve(always(answer(status, b'{"Message":"The request is invalid."}')))

    error = refusal(deck(server.url(""), http))

    assert isinstance(error, kind)
    assert error.code == f"http_{status}"
    assert status == 302 or "The request is invalid." in str(error)


def test_a_text_that_xml_cannot_carry_is_permanent_and_not_sent(
    sandbox: Sandbox, make: Callable[..., DeckClient]
) -> None:
    with pytest.raises(PermanentError) as caught:
        make(format="xml").link("SO-1", "77\x00")

    assert caught.value.code == "encode"
    assert sandbox.journal.count("deck.link") == 0


def test_the_access_does_not_show_its_key() -> None:
    assert "canary" not in repr(deck_access("https://deck.example", "SITE", "canary"))
