"""A connection is kept for the next request, while it is good for one."""

import socket
import threading

from tests.http.calls import code_of, post
from tests.http.raw_server import OK, SECONDS, Peer, RawServer, Serve, always, answering
from workers.http.client import HttpClient


def test_a_connection_is_kept_for_the_next_request(
    http: HttpClient, serve: Serve
) -> None:
    server = serve(always())

    for _ in range(5):
        post(http, server.url())

    assert (server.accepted, len(server.requests)) == (1, 5)


def test_threads_share_the_client_without_mixing_answers(
    http: HttpClient, serve: Serve
) -> None:
    def echo(peer: Peer) -> None:
        while request := peer.request():
            body = request.partition(b"\r\n\r\n")[2]
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + body)

    server = serve(echo)
    wrong: list[bytes] = []

    def work(number: int) -> None:
        for turn in range(20):
            body = b"%02d%02d" % (number, turn)
            if post(http, server.url(), body=body).body != body:
                wrong.append(body)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)

    assert wrong == []
    assert len(server.requests) == 320
    assert server.accepted <= 16


def test_a_connection_that_the_server_closed_meanwhile_is_replaced(
    http: HttpClient, serve: Serve
) -> None:
    server = serve(answering(OK))
    post(http, server.url())
    wait_for_close(http, server)

    reply = post(http, server.url())

    assert (reply.status, server.accepted) == (200, 2)


def test_a_connection_that_the_server_wants_closed_is_closed(
    http: HttpClient, serve: Serve
) -> None:
    server = serve(always(OK.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n")))

    post(http, server.url())

    assert server.left.wait(SECONDS)


def test_a_connection_that_was_idle_for_long_is_not_used_again(serve: Serve) -> None:
    server = serve(always())
    http = HttpClient(user_agent="Waybill/test", idle_seconds=0.0)

    post(http, server.url())
    post(http, server.url())
    http.close()

    assert server.accepted == 2


def test_a_kept_connection_that_breaks_under_the_request_is_not_tried_again(
    http: HttpClient, serve: Serve
) -> None:
    def act(peer: Peer) -> None:
        peer.request()
        peer.send(OK)
        peer.request()

    server = serve(act)
    post(http, server.url())

    assert code_of(http, server.url()) == "reset"
    assert (server.accepted, len(server.requests)) == (1, 2)


def wait_for_close(http: HttpClient, server: RawServer) -> None:
    """Wait until the server's FIN has reached the kept connection."""
    route = http._routes.find(server.url(), "Acme", (True, None))
    kept = route.pool.pool
    assert kept is not None
    watched = kept.queue[-1].sock
    watched.settimeout(SECONDS)
    assert watched.recv(1, socket.MSG_PEEK) == b""
