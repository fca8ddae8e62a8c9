"""A proxy's own faults name it, blame no receiver, and leave nothing in doubt."""

import socket
import threading
from typing import NoReturn

import pytest

from tasks.execution.attempt import attempt
from tasks.outcomes.errors import NotYet, PartnerError, Unavailable
from tasks.outcomes.outcome import Again, Later, cause_of
from tests.http.calls import post
from tests.http.connect_proxy import connect_head, refusing
from tests.http.raw_server import SECONDS, Act, Peer, Serve
from tests.redis_servers import free_port
from tests.tasks.fakes import World
from workers.http import tunnel
from workers.http.client import HttpClient
from workers.http.proxy import proxy_of

URL = "https://partner.example/hook"
PROXY = "WAYBILL_WESTCON__PROXY"


def client(port: int, host: str = "127.0.0.1") -> HttpClient:
    proxy = proxy_of(f"http://user:canary@{host}:{port}", PROXY)
    return HttpClient(user_agent="Waybill/test", connect_seconds=0.5, proxy=proxy)


def failed(http: HttpClient, deadline: float = SECONDS) -> PartnerError:
    with pytest.raises(PartnerError) as caught:
        post(http, URL, deadline=deadline)
    http.close()
    error = caught.value
    assert str(error).startswith("Acme was not ")
    assert f"({PROXY})" in str(error)
    assert "canary" not in f"{error}{error.__cause__!r}{error.__context__!r}"
    assert cause_of(error.code) is None
    return error


@pytest.mark.parametrize(
    ("answer", "code", "message"),
    [
        (b"HTTP/1.1 407 X\r\nProxy-Authenticate: Basic\r\n\r\n", "proxy_407", "user"),
        (b"HTTP/1.1 407 X\r\n", "proxy_407", "password"),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n<html>", "proxy_403", "have it allowed"),
        (b"HTTP/1.0 405 X\r\n\r\n", "proxy_405", "partner.example:443"),
        (b"HTTP/1.1 302 X\r\nLocation: http://portal/\r\n\r\n", "proxy_302", "refuses"),
        (b"HTTP/1.1 429 X\r\nRetry-After: 9\r\n\r\n", "proxy_429", "asks to wait"),
        (b"220 mail.example ESMTP\r\n", "proxy", "not HTTP"),
        (b"\x15\x03\x01\x00\x02\x02\x16" + b"\n", "proxy", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"h" * 200_000, "proxy", "64 KiB"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "proxy", "in its stead"),
    ],
)
def test_a_proxy_that_refuses_us_costs_no_attempt_and_no_receivers_name(
    serve: Serve, answer: bytes, code: str, message: str
) -> None:
    proxy = serve(refusing(answer))

    error = failed(client(proxy.port))

    assert isinstance(error, NotYet)
    assert error.code == code
    assert error.shared
    assert error.after >= 60.0
    assert f"the proxy 127.0.0.1:{proxy.port}" in str(error)
    assert message in str(error)


def silent(peer: Peer) -> None:
    connect_head(peer)
    peer.left_by_client()


def dripping(peer: Peer) -> None:
    connect_head(peer)
    peer.drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 10_000)


def resetting(peer: Peer) -> None:
    connect_head(peer)
    peer.reset()


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (refusing(b"HTTP/1.1 502 Bad Gateway\r\n\r\n"), "proxy_502"),
        (refusing(b"HTTP/1.1 503 X\r\nContent-Length: 999\r\n\r\n"), "proxy_503"),
        (refusing(b"HTTP/1.1 504 X\r\nno colon"), "proxy_504"),
        (refusing(b""), "connect"),
        (refusing(b"HTTP/1.1 200 O"), "connect"),
        (refusing(b"HTTP/1.1 200 OK\r\nVia: x\r\n"), "connect"),
        (resetting, "connect"),
        (silent, "connect"),
        (dripping, "connect"),
    ],
)
def test_what_may_be_the_receivers_fault_counts_as_a_failed_connection(
    serve: Serve, act: Act, code: str
) -> None:
    error = failed(client(serve(act).port))

    assert isinstance(error, Unavailable)
    assert error.code == code


def test_a_proxy_that_is_not_there_is_named() -> None:
    error = failed(client(free_port()))

    assert isinstance(error, NotYet)
    assert error.code == "proxy"
    assert "Connection refused" in str(error)


def test_a_proxy_whose_name_is_unknown_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def look_up(*_: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(tunnel, "resolve", look_up)

    error = failed(client(3128, "proxy.invalid"))

    assert isinstance(error, NotYet)
    assert "the proxy proxy.invalid:3128" in str(error)
    assert "cannot be looked up" in str(error)


def test_a_proxy_that_takes_no_connection_in_time_is_named() -> None:
    # Nobody accepts, so that connecting hangs once the backlog is full.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.settimeout(0)
            one.connect_ex(listener.getsockname())

        error = failed(client(listener.getsockname()[1]))

        for one in waiting:
            one.close()
    assert isinstance(error, NotYet)
    assert "within 0.5 s" in str(error)


def test_asking_the_proxy_counts_in_the_deadline(serve: Serve) -> None:
    left = threading.Event()

    def watched(peer: Peer) -> None:
        try:
            dripping(peer)
            peer.left_by_client()
        except ConnectionError:
            # A send met the reset: the client is gone.
            pass
        left.set()

    http = client(serve(watched).port)

    error = failed(http, deadline=0.2)

    assert "within 0.2 s" in str(error)
    assert left.wait(SECONDS)


def test_everybody_waits_for_a_proxy_without_an_attempt_or_a_breaker(
    serve: Serve,
) -> None:
    world, http = World(), client(serve(refusing(b"HTTP/1.1 407 X\r\n\r\n")).port)

    made = attempt(world.services(), "deck", 1, lambda: str(post(http, URL)))

    http.close()
    assert isinstance(made.outcome, Later)
    assert made.closed
    assert world.gates.reported == [("close", "deck")]
    assert world.gates.reasons["deck"] == ("proxy_407", True)


def test_a_receiver_that_a_proxy_does_not_reach_counts_as_any_that_is_down(
    serve: Serve,
) -> None:
    world, http = World(), client(serve(refusing(b"HTTP/1.1 503 X\r\n\r\n")).port)

    made = attempt(world.services(), "deck", 1, lambda: str(post(http, URL)))

    http.close()
    assert isinstance(made.outcome, Again)
    assert not made.outcome.ambiguous
    assert ("failed", "deck") in world.gates.reported
