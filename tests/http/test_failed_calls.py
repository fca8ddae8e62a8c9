"""A call that fails is named by what failed, and is not made again."""

import socket
from typing import Any

import pytest

from tests.http.calls import code_of, post
from tests.http.raw_server import Peer, Serve, answering
from workers.http.address_guard import AddressGuard, TargetRules
from workers.http.client import HttpClient


def test_a_full_listener_is_a_failed_connection_within_its_own_time() -> None:
    # Nobody accepts, so that connecting hangs once the backlog is full.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        place = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.settimeout(0)
            one.connect_ex(place)
        http = HttpClient(user_agent="Waybill/test", connect_seconds=0.3)

        code = code_of(http, f"http://127.0.0.1:{place[1]}/")

        http.close()
        for one in waiting:
            one.close()
    # Nothing was sent, so the call is not ambiguous as a timeout would be.
    assert code == "connect"


def test_a_refused_connection_is_named_so(http: HttpClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert code_of(http, f"http://127.0.0.1:{port}/") == "connect"


def test_a_name_that_cannot_be_looked_up_is_named_so() -> None:
    def look_up(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    guard = AddressGuard(TargetRules(), look_up)
    http = HttpClient(user_agent="Waybill/test", guard=guard)

    assert code_of(http, "https://nowhere.example/") == "dns"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"", "reset"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "truncated"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "truncated"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nha", "truncated"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b", "encoding"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n", "size"),
        (b"HTTP/1.1 200 OK\r\n" + b"h: v\r\n" * 300 + b"\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\nh: " + b"v" * 70_000 + b"\r\n\r\n", "protocol"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "protocol"),
    ],
)
def test_a_broken_answer_is_an_error_and_is_not_asked_for_again(
    http: HttpClient, serve: Serve, answer: bytes, code: str
) -> None:
    server = serve(answering(answer))

    assert code_of(http, server.url()) == code
    assert len(server.requests) == 1


def test_a_reset_in_the_middle_of_the_body_is_named_so(
    http: HttpClient, serve: Serve
) -> None:
    def act(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
        peer.reset()

    assert code_of(http, serve(act).url()) in {"reset", "truncated"}


def test_a_body_that_a_close_ends_is_passed_on(http: HttpClient, serve: Serve) -> None:
    server = serve(answering(b'HTTP/1.1 200 OK\r\n\r\n{"cut'))

    assert post(http, server.url()).body == b'{"cut'


def test_an_early_answer_to_a_body_that_was_not_read_is_still_read(
    http: HttpClient, serve: Serve
) -> None:
    def act(peer: Peer) -> None:
        peer.wire.recv(1_000)
        peer.send(
            b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        )
        peer.wire.shutdown(socket.SHUT_WR)
        peer.left_by_client()

    server = serve(act)

    assert post(http, server.url(), body=b"x" * 200_000).status == 413
