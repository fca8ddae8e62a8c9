"""Sending a request and reading its answer on real sockets."""

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tasks.errors import PermanentError, Unavailable
from tests.clients.raw_server import (
    OK,
    SECONDS,
    Act,
    Peer,
    RawServer,
    always,
    answering,
)
from workers.clients.guard import AddressGuard, TargetRules
from workers.clients.http import HttpClient, Reply

Serve = Callable[[Act], RawServer]


def post(http: HttpClient, url: str, **differently: Any) -> Reply:
    usual: dict[str, Any] = {
        "headers": {"Content-Type": "application/json"},
        "body": b"{}",
        "deadline": SECONDS,
        "of_whom": "Acme",
    }
    return http.send("POST", url, **usual | differently)


def code_of(http: HttpClient, url: str, **differently: Any) -> str:
    with pytest.raises(Unavailable) as caught:
        post(http, url, **differently)
    assert str(caught.value).startswith("Acme ")
    return caught.value.code


def test_the_request_is_these_very_bytes(http: HttpClient, serve: Serve) -> None:
    server = serve(always())

    reply = post(
        http, server.url("/orders?a=1%202"), headers={"X-Sign": "s"}, body=b"\xc3\xa4"
    )

    assert server.requests == [
        b"POST /orders?a=1%202 HTTP/1.1\r\n"
        + f"Host: 127.0.0.1:{server.port}\r\n".encode()
        + b"User-Agent: Waybill/test\r\nAccept-Encoding: identity\r\n"
        + b"Content-Length: 2\r\nX-Sign: s\r\n\r\n\xc3\xa4"
    ]
    assert (reply.status, reply.body) == (200, b"ok")


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


@pytest.mark.parametrize("status", [204, 301, 302, 307, 308, 404, 410, 500, 503])
def test_any_status_is_an_answer_and_a_redirect_is_not_followed(
    http: HttpClient, serve: Serve, status: int
) -> None:
    elsewhere = serve(always())
    location = f"Location: {elsewhere.url()}\r\nContent-Length: 0\r\n\r\n"
    server = serve(always(f"HTTP/1.1 {status} X\r\n{location}".encode()))

    reply = post(http, server.url())

    assert reply.status == status
    assert elsewhere.accepted == 0


def test_cookies_are_not_kept(http: HttpClient, serve: Serve) -> None:
    server = serve(always(OK.replace(b"OK\r\n", b"OK\r\nSet-Cookie: a=b\r\n")))

    post(http, server.url())
    post(http, server.url())

    assert b"cookie" not in server.requests[1].lower()


def test_proxies_and_passwords_of_the_environment_are_ignored(
    http: HttpClient,
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> None:
    server, proxy = serve(always()), serve(always())
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url())

    post(http, server.url())

    assert proxy.accepted == 0
    assert b"authorization" not in server.requests[0].lower()


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


@pytest.mark.parametrize("excess", ["refuse", "cut"])
@pytest.mark.parametrize(
    "act", [slow_connection, slow_headers, slow_body, slow_chunks, slow_close]
)
def test_the_deadline_holds_against_bytes_that_keep_coming(
    http: HttpClient, serve: Serve, act: Act, excess: str
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

    code = code_of(http, server.url(), deadline=0.3, excess=excess)

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


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "one\r\nX-B: two"},
        {"X-A": "one\nX-B: two"},
        {"X-A": "one\r"},
        {"X-A": "one\0"},
        {"X-A": "\x1b[0m"},
        {"X-A": "\u20ac"},
        {"X-A: x\r\nX-B": "two"},
        {"X A": "one"},
        {"": "one"},
        {"X-\u212a": "one"},
    ],
)
def test_a_header_that_could_become_two_is_never_sent(
    http: HttpClient, serve: Serve, headers: Any
) -> None:
    server = serve(always())
    with pytest.raises(PermanentError) as caught:
        post(http, server.url(), headers=headers)

    assert caught.value.code == "header"
    assert "one" not in str(caught.value)
    assert server.accepted == 0


@pytest.mark.parametrize(
    "url",
    [
        "ftp://partner.example/",
        "partner.example/",
        "https://",
        "https://user:password@partner.example/",
        "https://partner.example:port/",
        "https://*.example/",
        "mailto:someone@partner.example",
        "",
    ],
)
def test_what_is_no_web_address_is_a_permanent_error(
    http: HttpClient, url: str
) -> None:
    with pytest.raises(PermanentError) as caught:
        post(http, url)

    assert caught.value.code == "url"
    assert "password" not in str(caught.value)


def test_no_message_holds_the_query_or_a_header(http: HttpClient, serve: Serve) -> None:
    server = serve(answering(b""))

    with pytest.raises(Unavailable) as caught:
        post(http, server.url("/?key=canary"), headers={"Authorization": "canary"})

    chain = [caught.value, caught.value.__cause__, caught.value.__context__]
    assert "canary" not in repr(chain) + " ".join(map(str, chain))


def test_the_time_is_measured(http: HttpClient, serve: Serve) -> None:
    reply = post(http, serve(always()).url())

    assert 0 < reply.milliseconds < 1_000 * SECONDS


def wait_for_close(http: HttpClient, server: RawServer) -> None:
    """Wait until the server's FIN has reached the kept connection."""
    route = http._routes.find(server.url(), "Acme", (True, None))
    kept = route.pool.pool
    assert kept is not None
    watched = kept.queue[-1].sock
    watched.settimeout(SECONDS)
    assert watched.recv(1, socket.MSG_PEEK) == b""
