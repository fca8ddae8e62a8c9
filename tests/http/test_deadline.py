"""The deadline of a call holds, whatever its partner does to the wire."""

import threading

import pytest

from tests.http.calls import code_of
from tests.http.raw_server import SECONDS, Act, Peer, Serve
from workers.http.client import HttpClient


def slow_connection(peer: Peer) -> None:
    peer.request()
    peer.left_by_client()


def slow_headers(peer: Peer) -> None:
    peer.request()
    peer.drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 10_000)


def slow_body(peer: Peer) -> None:
    peer.request()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
    peer.drip(b"x" * 10_000)


def slow_chunks(peer: Peer) -> None:
    peer.request()
    peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    peer.drip(b"1\r\nx\r\n" * 2_000)


def slow_close(peer: Peer) -> None:
    peer.request()
    peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
    peer.drip(b"x" * 10_000)


@pytest.mark.parametrize(
    "act", [slow_connection, slow_headers, slow_body, slow_chunks, slow_close]
)
def test_the_deadline_holds_against_bytes_that_keep_coming(
    http: HttpClient, serve: Serve, act: Act
) -> None:
    left = threading.Event()

    def watched(peer: Peer) -> None:
        try:
            act(peer)
            peer.left_by_client()
        except ConnectionError:
            # A send met the reset: the client is gone.
            pass
        left.set()

    server = serve(watched)

    code = code_of(http, server.url(), deadline=0.3)

    assert code == "timeout"
    assert left.wait(SECONDS)
    assert len(server.requests) == 1


def test_the_deadline_holds_while_a_reader_takes_the_request_in_sips(
    http: HttpClient, serve: Serve
) -> None:
    taken: list[int] = []

    def sip(peer: Peer) -> None:
        while block := peer.wire.recv(65_536):
            taken.append(len(block))
            peer.server.stopping.wait(0.01)
        peer.server.left.set()

    server = serve(sip)

    code = code_of(http, server.url(), body=b"x" * 50_000_000, deadline=0.3)

    assert code == "timeout"
    assert server.left.wait(SECONDS)
    assert sum(taken) < 50_000_000
