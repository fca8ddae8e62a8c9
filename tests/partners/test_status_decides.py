"""A status that has come stands, whatever comes behind it or fails to come."""

import os
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import redis as redis_library
from hypothesis import given
from hypothesis import strategies as st

from sandbox.server import Sandbox
from tasks.outcomes.errors import (
    Gone,
    PartnerError,
    PermanentError,
    Throttled,
    Unavailable,
)
from tests.http.raw_server import OK, Act, Peer, RawServer, Serve, answering
from tests.http.test_tls import make_certificate
from tests.partners.broken_replies import PACKED, RESTS, STATUS_LINES, broken
from tests.partners.partners import answer, ingram_tokens, utc_now
from tests.partners.receivers import BODY, RULES, endpoint
from tests.tasks.fakes import ACME, World
from tests.tasks.samples import changed, take_in, work
from workers.http import sockets
from workers.http.client import HttpClient
from workers.http.errors import Fault
from workers.http.response import Response, read_reply
from workers.partners.ingram.client import IngramClient


def read(whole: bytes) -> Response:
    """Read an answer of which the status is enough, in blocks of a few bytes."""
    blocks = iter([whole[n : n + 7_000] for n in range(0, len(whole), 7_000)])
    return read_reply(lambda _: next(blocks, b""), max_bytes=65_536, needs="status")


def straight(http: HttpClient, server: RawServer) -> IngramClient:
    return IngramClient(
        http,
        relay_http=http,
        tokens=None,
        endpoints={"acme": endpoint(server.url())},
        rules=RULES,
        base_url="",
        deadline=2.0,
        clock=utc_now,
    )


@pytest.fixture
def notify(guarded: HttpClient) -> Callable[[RawServer], int]:
    """Send a notification straight to a server."""
    return lambda server: straight(guarded, server).send("acme", "EV1", BODY, 1)


def refusal(notify: Callable[[RawServer], int], server: RawServer) -> PartnerError:
    with pytest.raises(PartnerError) as caught:
        notify(server)
    return caught.value


@pytest.mark.parametrize("line", STATUS_LINES)
def test_a_2xx_is_delivered_whatever_stands_behind_its_line(
    notify: Callable[[RawServer], int], line: bytes
) -> None:
    for rest in RESTS:
        with RawServer(answering(line + rest)) as server:
            assert 200 <= notify(server) <= 299


def test_through_the_relay_as_well(
    sandbox: Sandbox, http: HttpClient, redis: "redis_library.Redis"
) -> None:
    tokens = ingram_tokens(sandbox, http, redis)
    for rest in RESTS:
        with RawServer(broken(200, rest)) as server:
            client = IngramClient(
                http,
                relay_http=http,
                tokens=tokens,
                endpoints={"acme": endpoint("https://partner.example/", mode="relay")},
                rules=RULES,
                base_url=server.url("/ingram"),
                deadline=5.0,
                clock=utc_now,
            )

            assert client.send("acme", "EV1", BODY, 1) == 200


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, PermanentError),
        (400, PermanentError),
        (408, Unavailable),
        (410, Gone),
        (429, Throttled),
        (503, Unavailable),
    ],
)
def test_any_other_status_is_judged_by_itself_too(
    notify: Callable[[RawServer], int], status: int, kind: type[PartnerError]
) -> None:
    for rest in RESTS:
        with RawServer(broken(status, rest)) as server:
            error = refusal(notify, server)

        assert isinstance(error, kind)
        assert error.code == f"http_{status}"


@pytest.mark.parametrize(
    "rest",
    [
        b"Retry-After: 900\r\nContent-Length: 9\r\n\r\nhalf",
        b"Retry-After: 900\r\nX-Cut: ye",
        b"no colon\r\nRetry-After: 900\r\n\r\n",
        b"h: v\r\n" * 300 + b"Retry-After: 900\r\n\r\n",
        b"Retry-After: 900\r\n" + b"h" * 200_000,
        b"Retry-After:\r\n 900\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b",
        b"Retry-After: 900\r\nTransfer-Encoding: identity\r\n\r\n",
    ],
)
def test_who_asks_to_wait_is_heard_however_the_rest_is_broken(
    serve: Serve, notify: Callable[[RawServer], int], rest: bytes
) -> None:
    error = refusal(notify, serve(broken(429, rest)))

    assert isinstance(error, Throttled)
    assert error.retry_after == 900


def test_a_number_that_was_cut_is_not_read(
    serve: Serve, notify: Callable[[RawServer], int]
) -> None:
    error = refusal(notify, serve(broken(429, b"Retry-After: 9")))

    assert isinstance(error, Throttled)
    assert error.retry_after is None


def test_what_came_of_a_refusals_text_is_reported(
    serve: Serve, notify: Callable[[RawServer], int]
) -> None:
    chunked = b"Transfer-Encoding: chunked\r\n\r\n8\r\nno such \r\n9\r\norder"

    error = refusal(notify, serve(broken(400, chunked)))

    assert str(error) == "acme answered 400: no such order"


def reset(peer: Peer) -> None:
    peer.reset()


def silent(peer: Peer) -> None:
    peer.left_by_client()


def dripping(peer: Peer) -> None:
    peer.drip(b"X-Long: " + b"x" * 10_000)


def endless(peer: Peer) -> None:
    peer.send(b"\r\n")
    while not peer.server.stopping.is_set():
        peer.send(b"x" * 65_536)


@pytest.mark.parametrize("rest", [reset, silent, dripping, endless])
@pytest.mark.parametrize("status", [200, 503])
def test_neither_a_reset_nor_the_deadline_undoes_a_status(
    serve: Callable[[Act], RawServer],
    notify: Callable[[RawServer], int],
    monkeypatch: pytest.MonkeyPatch,
    rest: Act,
    status: int,
) -> None:
    monkeypatch.setattr(sockets, "REST_SECONDS", 0.2)

    def act(peer: Peer) -> None:
        peer.request()
        peer.send(f"HTTP/1.1 {status} X\r\n".encode())
        rest(peer)

    if status == 200:
        assert notify(serve(act)) == 200
    else:
        assert refusal(notify, serve(act)).code == "http_503"


def test_tls_that_breaks_behind_the_status_line_undoes_nothing(
    guarded: HttpClient, tmp_path: Path
) -> None:
    certificate = make_certificate(tmp_path, "IP:127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def spoil(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\n")
        with socket.socket(fileno=os.dup(peer.wire.fileno())) as plain:
            plain.sendall(b"this is no TLS record")
        peer.left_by_client()

    with RawServer(spoil, tls=context) as server:
        reply = guarded.send(
            "POST",
            server.url(),
            headers={},
            body=BODY,
            deadline=5.0,
            of_whom="Acme",
            needs="status",
            verify=str(certificate),
        )

    assert reply.status == 200


def test_an_answer_that_came_before_the_whole_request_was_taken_counts(
    serve: Callable[[Act], RawServer], http: HttpClient
) -> None:
    def early(peer: Peer) -> None:
        peer.wire.recv(1_000)
        peer.send(OK)
        peer.server.stopping.wait(5.0)

    reply = http.send(
        "POST",
        serve(early).url(),
        headers={},
        body=b"x" * 20_000_000,
        deadline=1.0,
        of_whom="Acme",
        needs="status",
    )

    assert reply.status == 200


@pytest.mark.parametrize(
    "whole",
    [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 200 OK\r",
        b"HTTP/1.1 20",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK",
        b"HTTP/1.1 100 Continue\r\nHTTP/1.1 200 OK\r\n",
        b"SSH-2.0\r\n",
    ],
)
def test_a_status_counts_only_when_its_whole_line_has_come(whole: bytes) -> None:
    with pytest.raises(Fault):
        read(whole)


@pytest.mark.parametrize("rest", RESTS)
def test_a_connection_behind_a_broken_answer_is_not_used_again(rest: bytes) -> None:
    sound = rest.startswith((b"X-Long", b"X-\xff", b"X\0", b"Content-Encoding: gzip"))

    found = read(b"HTTP/1.1 200 OK\r\n" + rest)

    # A packed body that is framed as it claims is passed over unread.
    assert found.reusable is (sound and b"Content-Length" in rest)


def test_nothing_packed_is_shown(
    serve: Serve, notify: Callable[[RawServer], int]
) -> None:
    packed = answer(400, PACKED, "Content-Encoding: gzip\r\n")

    error = refusal(notify, serve(answering(packed)))

    assert str(error) == "acme answered 400"


@given(st.sampled_from(STATUS_LINES), st.binary(max_size=400))
def test_no_bytes_behind_a_status_line_undo_it(line: bytes, rest: bytes) -> None:
    assert 200 <= read(line + rest).status <= 299


@pytest.mark.parametrize("rest", [RESTS[4], RESTS[11], RESTS[18]])
def test_a_notification_so_answered_ends_after_its_first_attempt(
    guarded: HttpClient, rest: bytes
) -> None:
    world = World()
    take_in(world, changed(1, "10:SHI"))
    (hint,) = (one for one in world.hints.sent if one.destination == ACME)
    with RawServer(broken(200, rest)) as server:
        services = world.services(ingram=straight(guarded, server))

        report = work(hint, services)

        assert report.counts() == {"done": 1}
        assert [item.state for item in world.items_at(ACME)] == ["done"]
        assert len(server.requests) == 1
