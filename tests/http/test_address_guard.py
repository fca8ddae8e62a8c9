"""Where a URL that a partner chose may point."""

import socket
from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from tasks.outcomes.errors import PermanentError
from tests.http.raw_server import SECONDS, Act, RawServer, always
from tests.http.targets import BLOCKED, HOSTILE
from workers.http.address_guard import (
    AddressGuard,
    TargetRules,
    _parsed,
    check_syntax,
    check_url,
)
from workers.http.client import HttpClient

PUBLIC_ONLY = TargetRules()
LOOPBACK = TargetRules((ip_network("127.0.0.0/8"), ip_network("::1/128")))


def refused(url: str, rules: TargetRules = PUBLIC_ONLY) -> bool:
    try:
        check_url(url, rules)
    except PermanentError as error:
        return error.code == "target"
    return False


def resolving(*answers: Sequence[str]) -> Callable[..., Any]:
    """Answer the first look-up with the first addresses, and so on; keep the last."""
    left = list(answers)

    def look_up(_: str, port: int, **__: Any) -> Any:
        addresses = left.pop(0) if len(left) > 1 else left[0]
        return [_info(address, port) for address in addresses]

    return look_up


def _info(address: str, port: int) -> Any:
    if ":" in address:
        return (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://partner.example/hook", "partner.example", 443),
        ("https://a.b-c.example:8443/h?a=b%20c&d=[e]", "a.b-c.example", 8443),
        ("https://PARTNER.example", "partner.example", 443),
        ("https://partner.example:/", "partner.example", 443),
        ("https://xn--bcher-kva.xn--p1ai/", "xn--bcher-kva.xn--p1ai", 443),
        ("https://1.2.3.example/", "1.2.3.example", 443),
    ],
)  # fmt: skip
def test_public_https_names_may_be_targeted(url: str, host: str, port: int) -> None:
    target = check_url(url, PUBLIC_ONLY)

    assert (target.scheme, target.host, target.port) == ("https", host, port)


@pytest.mark.parametrize("url", HOSTILE)
def test_hostile_urls_are_refused(url: str) -> None:
    assert refused(url)


@pytest.mark.parametrize("url", HOSTILE)
def test_a_relayed_url_is_checked_alike_and_never_resolved(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(*_: Any, **__: Any) -> Any:
        pytest.fail("a relayed URL was looked up")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    with pytest.raises(PermanentError):
        check_syntax(url, PUBLIC_ONLY)
    check_syntax("https://partner.example/", PUBLIC_ONLY)


def test_a_url_that_two_parsers_read_differently_is_refused() -> None:
    # The check of characters comes first; here it is left out.
    with pytest.raises(PermanentError, match="two parsers"):
        _parsed("http://127.0.0.1\\.example.com/")


def test_long_hostile_text_is_refused_at_once() -> None:
    for text in ("a" * 100_000, "a-" * 50_000, "0." * 50_000):
        assert refused(f"https://{text}/")


def test_a_refusal_does_not_repeat_the_url() -> None:
    with pytest.raises(PermanentError) as caught:
        check_url("https://user:canary@partner.example/?canary", PUBLIC_ONLY)

    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/hook",
        "https://127.0.0.1/",
        "http://[::1]:9/",
        "http://localhost:8080/",
        "http://receiver:8080/",
        "http://receiver.internal/",
    ],
)
def test_inside_allowed_networks_addresses_ports_and_plain_http_are_allowed(
    url: str,
) -> None:
    assert not refused(url, LOOPBACK)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://user@127.0.0.1/",
        "http://127.0.0.1/#a",
        "http://localhost./",
        "ftp://127.0.0.1/",
    ],
)
def test_allowed_networks_allow_nothing_outside_them(url: str) -> None:
    assert refused(url, LOOPBACK)


@pytest.mark.parametrize("address", BLOCKED)
def test_a_name_that_stands_for_such_an_address_is_refused(address: str) -> None:
    guard = AddressGuard(PUBLIC_ONLY, resolving([address]))

    with pytest.raises(PermanentError) as caught:
        guard.addresses("partner.example", 443, True)  # noqa: FBT003 - as wire calls it

    assert caught.value.code == "target"


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111"])
def test_a_name_that_stands_for_a_public_address_is_connected_to_it(
    address: str,
) -> None:
    guard = AddressGuard(PUBLIC_ONLY, resolving([address]))

    found = guard.addresses("partner.example", 443, True)  # noqa: FBT003 - as wire calls it

    assert [ip_address(str(place[0])) for *_, place in found] == [ip_address(address)]


def test_one_bad_address_among_good_ones_is_refused() -> None:
    guard = AddressGuard(PUBLIC_ONLY, resolving(["8.8.8.8", "10.0.0.1"]))

    with pytest.raises(PermanentError):
        guard.addresses("partner.example", 443, True)  # noqa: FBT003 - as wire calls it


@pytest.mark.parametrize(
    ("host", "port", "secure"),
    [
        ("partner.example", 80, False),
        ("partner.example", 9_000, True),
        ("receiver", 443, True),
        ("8.8.8.8", 443, True),
    ],
)
def test_what_only_allowed_networks_allow_must_resolve_into_them(
    host: str, port: int, *, secure: bool
) -> None:
    outside = AddressGuard(LOOPBACK, resolving(["8.8.8.8"]))
    inside = AddressGuard(LOOPBACK, resolving(["127.0.0.1"]))

    with pytest.raises(PermanentError):
        outside.addresses(host, port, secure)
    assert len(inside.addresses(host, port, secure)) == 1


@pytest.fixture
def guarded() -> Iterator[Callable[..., HttpClient]]:
    clients: list[HttpClient] = []

    def make(rules: TargetRules, *answers: Sequence[str]) -> HttpClient:
        guard = AddressGuard(rules, resolving(*answers))
        clients.append(HttpClient(user_agent="Waybill/test", guard=guard))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def post(http: HttpClient, url: str) -> int:
    return http.send(
        "POST", url, headers={}, body=b"", deadline=SECONDS, of_whom="Acme"
    ).status


def test_a_name_is_resolved_once_and_the_checked_address_is_called(
    guarded: Callable[..., HttpClient], serve: Callable[[Act], RawServer]
) -> None:
    server = serve(always())
    # The second answer would be refused, were it ever asked for.
    http = guarded(LOOPBACK, ["127.0.0.1"], ["10.0.0.1"])

    assert post(http, server.url(host="receiver")) == 200
    assert f"Host: receiver:{server.port}".encode() in server.requests[0]


def test_a_rebinding_name_is_refused_when_it_turns_inward(
    guarded: Callable[..., HttpClient], serve: Callable[[Act], RawServer]
) -> None:
    server = serve(always())
    rules = TargetRules((ip_network("127.0.0.2/32"),))
    # Allowed at first; nobody listens there. Then it points at the server.
    http = guarded(rules, ["127.0.0.2"], ["127.0.0.1"])
    url = server.url(host="receiver")
    with pytest.raises(Exception, match="Acme"):
        post(http, url)

    with pytest.raises(PermanentError) as caught:
        post(http, url)

    assert caught.value.code == "target"
    assert server.accepted == 0


def test_the_real_resolver_is_guarded_as_well(
    serve: Callable[[Act], RawServer],
) -> None:
    server = serve(always())
    http = HttpClient(user_agent="Waybill/test", guard=AddressGuard(PUBLIC_ONLY))

    for url in (server.url(), server.url(host="localhost"), server.url(host="127.1")):
        with pytest.raises(PermanentError):
            post(http, url)

    assert server.accepted == 0


def test_a_guarded_client_follows_no_redirect_inward(
    guarded: Callable[..., HttpClient], serve: Callable[[Act], RawServer]
) -> None:
    inner = serve(always())
    head = f"HTTP/1.1 307 X\r\nLocation: {inner.url()}\r\nContent-Length: 0\r\n\r\n"
    server = serve(always(head.encode()))
    http = guarded(LOOPBACK, ["127.0.0.1"])

    assert post(http, server.url()) == 307
    assert inner.accepted == 0
