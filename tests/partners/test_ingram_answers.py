"""What an endpoint's answer means for its notification."""

from collections.abc import Callable

import pytest

from tasks.outcomes.errors import (
    Gone,
    PartnerError,
    PermanentError,
    Throttled,
    TransientError,
    Unavailable,
)
from tests.http.raw_server import Act, Peer, RawServer, always
from tests.partners.conftest import NOW
from tests.partners.partners import answer
from tests.partners.receivers import (
    BODY,
    FIRST,
    HUB,
    Make,
    endpoint,
    headers_of,
    refusal,
)
from workers.partners.ingram.answer_table import AnswerMeaning, AnswerTable

LONG_AGO = "Date: Sat, 01 Jan 2000 00:00:00 GMT"


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_delivered_whatever_it_states(
    serve: Callable[[Act], RawServer], make: Make, status: int
) -> None:
    body = b"" if status == 204 else b"<html>thank you</html>"
    server = serve(always(answer(status, body)))

    assert make(endpoint(server.url())).send("acme", "EV1", BODY, 1) == status


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, PermanentError),
        (307, PermanentError),
        (400, PermanentError),
        (404, PermanentError),
        (408, Unavailable),
        (410, Gone),
        (425, Unavailable),
        (429, Throttled),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_other_statuses_decide_what_happens_next(
    serve: Callable[[Act], RawServer],
    make: Make,
    status: int,
    kind: type[PartnerError],
) -> None:
    server = serve(always(answer(status, b"", "Retry-After: 7\r\n")))

    error = refusal(make(endpoint(server.url())))

    assert isinstance(error, kind)
    assert error.code == f"http_{status}"
    assert getattr(error, "retry_after", 7) == 7


def test_an_endless_answer_is_cut_and_its_status_counts(
    serve: Callable[[Act], RawServer], make: Make
) -> None:
    def endless(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while not peer.server.stopping.is_set():
            peer.send(b"x" * 65_536)

    server = serve(endless)

    assert make(endpoint(server.url())).send("acme", "EV1", BODY, 1) == 200


def test_what_a_receiver_states_is_short_and_without_our_secrets(
    serve: Callable[[Act], RawServer], make: Make
) -> None:
    def echo(peer: Peer) -> None:
        sent = headers_of(peer.request())
        signatures = f"{sent['x-hub-signature']} {sent['webhook-signature']}"
        explanation = f"why? first-secret own-canary {signatures} {'tail ' * 999}"
        peer.send(answer(400, explanation.encode()))

    server = serve(echo)
    client = make(
        endpoint(
            server.url(), "first-secret", headers={"Authorization": "Bearer own-canary"}
        ),
        clock=lambda: NOW,
    )

    text = str(refusal(client))

    assert text.startswith("acme answered 400: why? *** *** *** *** tail tail")
    assert len(text) < 230
    for hidden in ("first-secret", "own-canary", HUB, FIRST):
        assert hidden not in text


@pytest.mark.parametrize(
    "header",
    [
        "Retry-After: 7",
        "Retry-After: 3,7",
        "Retry-After: 7\r\nRetry-After: 3",
        "Retry-After: 3\r\nRetry-After: Fri, 20 Nov 2026 10:00:07 GMT",
        "Retry-After: Fri, 20 Nov 2026 10:00:07 GMT",
        # A clock that is off by decades is compared with itself.
        "Retry-After: Sat, 01 Jan 2000 00:00:07 GMT\r\n" + LONG_AGO,
        "X-RateLimit-Reset: 7",
        "X-RateLimit-Reset: 1795168807",
    ],
)
def test_how_long_to_wait_is_read_in_every_spelling(
    serve: Callable[[Act], RawServer], make: Make, header: str
) -> None:
    server = serve(always(answer(429, b"", f"{header}\r\n")))

    error = refusal(make(endpoint(server.url()), clock=lambda: NOW))

    assert isinstance(error, Throttled)
    assert error.retry_after == 7


@pytest.mark.parametrize("status", [301, 403, 404])
def test_an_endpoints_own_table_has_other_answers_come_again(
    serve: Callable[[Act], RawServer], make: Make, status: int
) -> None:
    server = serve(always(answer(status, b"moving house", "Retry-After: 9\r\n")))
    table = AnswerTable({"3xx": "again", "403": "again", "404": "again"})

    error = refusal(make(endpoint(server.url(), answers=table)))

    # Not `Unavailable`: an endpoint that answers is not down, and opens no breaker.
    assert type(error) is TransientError
    assert (error.code, error.retry_after) == (f"http_{status}", 9)
    assert str(error) == f"acme answered {status}: moving house"
    assert len(server.requests) == 1


def test_an_endpoint_that_is_gone_is_distinguished_from_one_that_refuses(
    serve: Callable[[Act], RawServer], make: Make
) -> None:
    server = serve(always(answer(410, b"closed")))

    error = refusal(make(endpoint(server.url())))

    assert isinstance(error, Gone)
    assert (error.after, error.shared) == (0.0, False)
    assert str(error) == "acme answered 410: closed"


@pytest.mark.parametrize(
    ("status", "means"),
    [
        (200, "done"),
        (299, "done"),
        (304, "give_up"),
        (307, "again"),
        (404, "again"),
        (408, "again"),
        (410, "disable"),
        (418, "give_up"),
        (425, "again"),
        (429, "again"),
        (503, "again"),
        (600, "give_up"),
        (999, "give_up"),
    ],
)
def test_a_single_status_goes_before_its_class(
    status: int, means: AnswerMeaning
) -> None:
    table = AnswerTable({"307": "again", "404": "again", "4xx": "give_up"})

    assert table.of(status) == means


def test_the_table_is_reported_whole_each_class_behind_its_exceptions() -> None:
    rows = list(AnswerTable({"404": "again", "3xx": "again"}).rows())

    assert rows == [
        ("2xx", "done", "any other"),
        ("3xx", "again", "any other"),
        ("404", "again", "Not Found"),
        ("408", "again", "Request Timeout"),
        ("410", "disable", "Gone"),
        ("425", "again", "Too Early"),
        ("429", "again", "Too Many Requests"),
        ("4xx", "give_up", "any other"),
        ("5xx", "again", "any other"),
    ]
