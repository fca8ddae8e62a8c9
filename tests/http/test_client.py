"""Sending a request and reading its answer on real sockets."""

from typing import Any

import pytest

from tasks.outcomes.errors import PermanentError, Unavailable
from tests.http.calls import post
from tests.http.raw_server import OK, SECONDS, Serve, always, answering
from workers.http.client import HttpClient


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
