"""DECK's order history is asked whether a link is there."""

import json
from collections.abc import Callable
from dataclasses import replace
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
from tasks.outcomes.outcome import was_taken
from tests.defaults import deck_access
from tests.http.raw_server import Act, RawServer, answering
from tests.partners.conftest import NOW
from tests.partners.partners import answer, deck
from workers.http.client import HttpClient, Reply
from workers.partners.deck.client import DeckClient

#: printf 'api/omsorderhistory11/20/2026 10:00 AMdeck-key' | sha256sum
KEY = "95DAD4AC9C8432D32054A9229E5EC4FD8AD6E8715D000A958A81C26D1FAA6D58"
TAKEN = answer(200, b'{"ResponseCode":0,"Message":""}')
NOT_THERE = Fault.response_code(15, "queued").acting(effect=False)


class LateHttp(HttpClient):
    """A client by whose clock every call took 19.7 s."""

    def send(self, *args: Any, **kwargs: Any) -> Reply:
        return replace(super().send(*args, **kwargs), milliseconds=19_700.0)


@pytest.fixture
def make(sandbox: Sandbox, http: HttpClient) -> Callable[..., DeckClient]:
    def client(**differently: Any) -> DeckClient:
        return deck(f"{sandbox.url}/deck", http, read_back=True, **differently)

    return client


def refusal(client: DeckClient) -> PartnerError:
    with pytest.raises(PartnerError) as caught:
        client.link("SO-1", "C-7")
    return caught.value


@pytest.mark.parametrize("form", ["json", "xml", "form"])
def test_a_link_that_is_there_is_done(
    sandbox: Sandbox, make: Callable[..., DeckClient], form: str
) -> None:
    assert make(format=form).link("SO-1", "C-7") == f"code 0 {form}, read back"
    assert sandbox.journal.count("deck.history") == 1


def test_a_user_looks_with_a_key_of_its_own(make: Callable[..., DeckClient]) -> None:
    user = {"api_username": known.DECK_API_USERNAME, "api_key": known.DECK_USER_KEY}

    assert make(**user).link("SO-1", "C-7").endswith("read back")


def test_without_the_setting_nobody_looks(sandbox: Sandbox, http: HttpClient) -> None:
    client = deck(f"{sandbox.url}/deck", http)

    assert client.link("SO-1", "C-7") == "code 0 json"
    assert client.look("SO-1", "C-7") == "code 0 json"
    assert sandbox.journal.count("deck.history") == 0


def test_a_queued_link_is_done_once_it_is_there(
    sandbox: Sandbox, make: Callable[..., DeckClient]
) -> None:
    sandbox.faults.order("deck.link", NOT_THERE)
    client = make()

    error = refusal(client)
    sandbox.links.link("SO-1", "C-7", "json")

    assert type(error) is TransientError
    assert error.code == "read_back"
    assert client.look("SO-1", "C-7") == "read back"
    assert sandbox.journal.count("deck.link") == 1


def test_what_is_there_instead_is_reported(
    sandbox: Sandbox, make: Callable[..., DeckClient]
) -> None:
    sandbox.faults.order("deck.link", NOT_THERE, times=2)
    client = make()

    guest = refusal(client)
    sandbox.links.link("SO-1", "C-6\x1b", "json")
    other = refusal(client)

    has = "DECK took the link, but its order history has CustomerID"
    assert str(guest) == f"{has} -100"
    assert str(other) == f"{has} C-6\\x1b"


def test_an_order_that_the_history_does_not_have_is_reported(
    serve: Callable[[Act], RawServer], http: HttpClient
) -> None:
    empty = answer(200, b'{"ResponseCode":0,"TotalRecordsAvailable":0}')
    server = serve(answering(TAKEN, empty))

    error = refusal(deck(server.url(""), http, read_back=True))

    assert type(error) is TransientError
    assert str(error).endswith("its order history does not have the order")


def test_the_question_is_signed_for_its_own_path(
    serve: Callable[[Act], RawServer], http: HttpClient
) -> None:
    there = b'{"ResponseCode":0,"OrderDetails":[{"CustomerID":"C-7"}]}'
    server = serve(answering(TAKEN, answer(200, there)))
    access = deck_access(server.url(""), "SITE", "deck-key", read_back=True)

    DeckClient(http, access, lambda: NOW).link("SO-1", "C-7")

    head, _, body = server.requests[1].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/omsorderhistory HTTP/1.1\r\n")
    assert f"\r\nAuthorization: {KEY}\r\n".encode() in head
    asked = json.loads(body)
    assert asked["VerificationKey"] == KEY
    assert (asked["OrderNumber"], asked["CustomerID"]) == ("SO-1", None)


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        (Fault.status(503, retry_after=7), Unavailable, "read_back_http_503"),
        (Fault.status(429, retry_after=7), Throttled, "read_back_http_429"),
        (Fault.status(404), PermanentError, "read_back_http_404"),
        (Fault.html_200(), Unavailable, "read_back_decode"),
        (Fault.empty_200(), Unavailable, "read_back_decode"),
        (Fault.truncate(), Unavailable, "read_back_truncated"),
        (Fault.response_code(2, "none"), TransientError, "read_back_deck_2"),
        (Fault.response_code(8, "never"), PermanentError, "read_back_deck_8"),
    ],
)
def test_a_look_that_fails_states_that_the_link_was_taken(
    sandbox: Sandbox,
    make: Callable[..., DeckClient],
    fault: Fault,
    kind: type[PartnerError],
    code: str,
) -> None:
    sandbox.faults.order("deck.history", fault)

    error = refusal(make(codes={"8": "give_up"}))

    assert type(error) is kind
    assert error.code == code
    assert was_taken(error.code)
    assert str(error).startswith("DECK took the link, but ")
    asked = getattr(error, "retry_after", None)
    assert asked == (7.0 if code.endswith(("503", "429")) else None)


def test_a_link_that_is_refused_is_not_looked_for(
    sandbox: Sandbox, make: Callable[..., DeckClient]
) -> None:
    sandbox.faults.order("deck.link", Fault.response_code(7, "no"))

    error = refusal(make())

    assert error.code == "deck_7"
    assert not was_taken(error.code)
    assert sandbox.journal.count("deck.history") == 0


def test_the_look_has_what_is_left_of_the_deadline(sandbox: Sandbox) -> None:
    http = LateHttp(user_agent="Waybill/test")
    client = deck(f"{sandbox.url}/deck", http, read_back=True)

    error = refusal(client)
    http.close()

    assert str(error) == (
        "DECK took the link, but so late that there was no time to look for it"
    )
    assert error.code == "read_back"
    assert sandbox.journal.count("deck.history") == 0
