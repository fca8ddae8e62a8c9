"""Signed notifications, direct and through the relay."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
import redis as redis_library
from standardwebhooks import Webhook

from sandbox.fault import Fault
from sandbox.server import Sandbox
from tasks.errors import NotYet, PartnerError, PermanentError, Throttled, Unavailable
from tests.clients.conftest import NOW
from tests.clients.partners import answer, ingram_tokens, utc_now
from tests.clients.raw_server import Act, Peer, RawServer, always
from workers.clients.endpoints import Endpoint, Secret
from workers.clients.guard import AddressGuard, TargetRules
from workers.clients.http import HttpClient
from workers.clients.ingram import IngramClient

RULES = TargetRules((ip_network("127.0.0.0/8"),))
BODY = b'{"eventId":"EV1"}'
OK = answer(200, b"")
#: printf EV1 | openssl dgst -sha512 -hmac first-secret -binary | base64 -w0
HUB = (
    "rJcZTEDT1ebv3XWdYBbv3sIy92DxmL1XaSvVPLqWxMJGizLgF80l4M78Qf3JH2tigSrOWaJyOH2T"
    "CZGMGNa+4A=="
)
#: printf 'EV1.1795168800.{"eventId":"EV1"}' | openssl dgst -sha256 -hmac … | base64
FIRST = "v1,ooPjkM6ZWDafwQYIbPTOY/0yynu4Tq2G0ImdCGZS/Jk="
SECOND = "v1,IoO5MaqV9Aokp5MaPtrF2OR2AO+ozSzn9yrvTbpGaN4="

Make = Callable[..., IngramClient]


@pytest.fixture
def guarded() -> Iterator[HttpClient]:
    client = HttpClient(user_agent="Waybill/test", guard=AddressGuard(RULES))
    yield client
    client.close()


@pytest.fixture
def make(
    sandbox: Sandbox,
    http: HttpClient,
    guarded: HttpClient,
    redis: "redis_library.Redis",
) -> Make:
    def client(
        *endpoints: Endpoint, clock: Callable[[], datetime] = utc_now
    ) -> IngramClient:
        return IngramClient(
            guarded,
            relay_http=http,
            tokens=ingram_tokens(sandbox, http, redis),
            endpoints={one.name: one for one in endpoints},
            rules=RULES,
            base_url=f"{sandbox.url}/ingram",
            deadline=5.0,
            clock=clock,
        )

    return client


def endpoint(url: str, *secrets: str | Secret, **differently: Any) -> Endpoint:
    every = [Secret(one) if isinstance(one, str) else one for one in secrets]
    usual: dict[str, Any] = {
        "name": "acme",
        "mode": "direct",
        "target_url": url,
        "secrets": tuple(every or [Secret("acme-secret")]),
    }
    return Endpoint(**usual | differently)


def headers_of(request: bytes) -> Mapping[str, str]:
    lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    pairs = (line.split(": ", 1) for line in lines)
    return {name.lower(): value for name, value in pairs}


def refusal(client: IngramClient) -> PartnerError:
    with pytest.raises(PartnerError) as caught:
        client.notify("acme", "EV1", BODY, 1)
    return caught.value


def test_a_receiver_verifies_both_signatures(sandbox: Sandbox, make: Make) -> None:
    client = make(endpoint(f"{sandbox.url}/receivers/acme"))

    status = client.notify("acme", "EV1", BODY, 1)

    (delivery,) = sandbox.deliveries("acme")
    assert status == 200
    assert (delivery.verified, delivery.reason) == (True, "")
    assert delivery.body == BODY
    assert sandbox.applied("acme") == ("EV1",)


def test_the_request_is_these_very_headers(
    serve: Callable[[Act], RawServer], make: Make
) -> None:
    server = serve(always(OK))
    client = make(
        endpoint(server.url("/hook"), "first-secret", "second-secret"),
        clock=lambda: NOW,
    )

    client.notify("acme", "EV1", BODY, 3)

    assert headers_of(server.requests[0]) == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": "Waybill/test",
        "accept-encoding": "identity",
        "content-length": "17",
        "content-type": "application/json",
        "x-hub-signature": HUB,
        "webhook-id": "EV1",
        "webhook-timestamp": "1795168800",
        "webhook-signature": f"{FIRST} {SECOND}",
        "waybill-try": "3",
    }
    assert server.requests[0].endswith(b"\r\n\r\n" + BODY)


def test_the_official_package_verifies_the_standard_headers(
    serve: Callable[[Act], RawServer], make: Make
) -> None:
    server = serve(always(OK))
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    client = make(endpoint(server.url(), secret))

    client.notify("acme", "EV1", BODY, 1)

    sent = dict(headers_of(server.requests[0]))
    assert Webhook(secret).verify(BODY, sent) == {"eventId": "EV1"}


def test_the_hub_signature_can_be_hexadecimal(
    serve: Callable[[Act], RawServer], make: Make
) -> None:
    server = serve(always(OK))
    client = make(endpoint(server.url(), "first-secret", hub_encoding="hex"))

    client.notify("acme", "EV1", BODY, 1)

    sent = headers_of(server.requests[0])["x-hub-signature"]
    assert sent.startswith("ac97194c40d3d5e6efdd759d6016efde")
    assert len(sent) == 128


@pytest.mark.parametrize(
    ("seconds", "live"),
    [(-1, ("old",)), (0, ("old", "new")), (9, ("old", "new")), (10, ("new",))],
)
def test_secrets_begin_and_end_to_the_second(
    seconds: int, live: tuple[str, ...]
) -> None:
    receiver = endpoint(
        "https://partner.example/",
        Secret("old", ends=NOW + timedelta(seconds=10)),
        Secret("new", begins=NOW),
    )

    assert receiver.live_secrets(NOW + timedelta(seconds=seconds)) == live


def test_the_first_live_secret_signs_the_hub_header(
    serve: Callable[[Act], RawServer], make: Make
) -> None:
    server = serve(always(OK))
    ended = Secret("ended", ends=NOW)
    client = make(endpoint(server.url(), ended, "first-secret"), clock=lambda: NOW)

    client.notify("acme", "EV1", BODY, 1)

    sent = headers_of(server.requests[0])
    assert sent["x-hub-signature"] == HUB
    assert sent["webhook-signature"] == FIRST


def test_without_a_live_secret_nothing_is_sent_and_nothing_is_lost(
    serve: Callable[[Act], RawServer], make: Make
) -> None:
    server = serve(always(OK))
    client = make(endpoint(server.url(), Secret("ended", ends=NOW)))

    error = refusal(client)

    assert isinstance(error, NotYet)
    assert (error.code, error.shared) == ("secret", True)
    assert server.accepted == 0


def test_a_secret_that_is_no_base64_is_not_shown(make: Make) -> None:
    error = refusal(make(endpoint("https://partner.example/", "whsec_canary!")))

    assert isinstance(error, PermanentError)
    assert error.code == "secret"
    assert "canary" not in f"{error} {error.__cause__}"


def test_extra_headers_are_sent_and_cannot_replace_ours(
    serve: Callable[[Act], RawServer], make: Make
) -> None:
    server = serve(always(OK))
    own = {"Authorization": "Basic eA==", "X-Hub-Signature": "forged"}
    client = make(endpoint(server.url(), "first-secret", headers=own))

    client.notify("acme", "EV1", BODY, 1)

    sent = headers_of(server.requests[0])
    assert sent["authorization"] == "Basic eA=="
    assert sent["x-hub-signature"] == HUB
    assert b"forged" not in server.requests[0]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_delivered_whatever_it_says(
    serve: Callable[[Act], RawServer], make: Make, status: int
) -> None:
    body = b"" if status == 204 else b"<html>thank you</html>"
    server = serve(always(answer(status, body)))

    assert make(endpoint(server.url())).notify("acme", "EV1", BODY, 1) == status


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, PermanentError),
        (307, PermanentError),
        (400, PermanentError),
        (404, PermanentError),
        (408, Unavailable),
        (410, PermanentError),
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

    assert make(endpoint(server.url())).notify("acme", "EV1", BODY, 1) == 200


def test_what_a_receiver_says_is_short_and_without_our_secrets(
    serve: Callable[[Act], RawServer], make: Make
) -> None:
    def echo(peer: Peer) -> None:
        request = peer.request()
        peer.send(answer(400, b"why? " + request + b"first-secret own-canary" * 50))

    server = serve(echo)
    client = make(
        endpoint(server.url(), "first-secret", headers={"X-Own": "own-canary"}),
        clock=lambda: NOW,
    )

    text = str(refusal(client))

    assert "acme answered 400: why? POST / HTTP/1.1" in text
    assert len(text) < 230
    for hidden in ("first-secret", "own-canary", HUB, FIRST):
        assert hidden not in text


def test_an_endpoint_that_left_the_settings_is_a_dead_letter(make: Make) -> None:
    error = refusal(make())

    assert isinstance(error, PermanentError)
    assert error.code == "endpoint"


@pytest.mark.parametrize("mode", ["direct", "relay"])
@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1/", "https://169.254.169.254/", "https://127.1/", "file:///etc"],
)
def test_a_target_that_may_not_be_called_is_not(
    sandbox: Sandbox, make: Make, url: str, mode: str
) -> None:
    error = refusal(make(endpoint(url, mode=mode)))

    assert isinstance(error, PermanentError)
    assert error.code == "target"
    assert sandbox.journal.entries() == ()


def relayed(sandbox: Sandbox) -> Endpoint:
    return endpoint(f"{sandbox.url}/receivers/acme", mode="relay")


def test_the_relay_passes_a_notification_on(sandbox: Sandbox, make: Make) -> None:
    status = make(relayed(sandbox)).notify("acme", "EV1", BODY, 1)

    (delivery,) = sandbox.deliveries("acme")
    assert status == 200
    assert (delivery.verified, delivery.headers["via"]) == (True, "1.1 ingram")
    assert sandbox.journal.count("ingram.relay") == 1


def test_a_relayed_target_is_not_resolved_by_us(sandbox: Sandbox, make: Make) -> None:
    target = "https://name-that-does-not-exist.example/receivers/acme"

    status = make(endpoint(target, mode="relay")).notify("acme", "EV1", BODY, 1)

    (entry,) = sandbox.journal.entries("ingram.relay")
    assert status == 200
    assert entry.facts["target"] == target


def test_a_relay_token_that_ended_is_replaced_within_the_same_try(
    sandbox: Sandbox, make: Make
) -> None:
    client = make(relayed(sandbox))
    client.notify("acme", "EV1", BODY, 1)
    sandbox.revoke_tokens()

    assert client.notify("acme", "EV1", BODY, 2) == 200
    assert sandbox.journal.count("token.ingram") == 2


def test_a_relay_that_refuses_every_token_waits_for_a_person(
    sandbox: Sandbox, make: Make
) -> None:
    sandbox.faults.order("ingram.relay", Fault.status(401), times=None)

    error = refusal(make(relayed(sandbox)))

    assert isinstance(error, NotYet)
    assert (error.code, error.shared) == ("token_refused", True)
    assert sandbox.journal.count("ingram.relay") == 2


def test_a_relay_that_slows_us_down_says_when_to_come_back(
    sandbox: Sandbox, make: Make
) -> None:
    reset = str(int(datetime.now(UTC).timestamp()) + 45)
    limited = Fault.status(429, "{}", {"X-RateLimit-Reset": reset})
    sandbox.faults.order("ingram.relay", limited)

    error = refusal(make(relayed(sandbox)))

    assert isinstance(error, Throttled)
    assert error.retry_after is not None
    assert 40 < error.retry_after <= 45


def test_a_relay_whose_target_failed_comes_again(sandbox: Sandbox, make: Make) -> None:
    sandbox.receivers.behave("acme", status=503)

    error = refusal(make(relayed(sandbox)))

    assert isinstance(error, Unavailable)
    assert error.code == "http_500"


def test_a_relay_endpoint_without_credentials_is_noticed_at_the_start(
    guarded: HttpClient, http: HttpClient
) -> None:
    receiver = endpoint("https://partner.example/", mode="relay")

    with pytest.raises(ValueError, match="credentials"):
        IngramClient(
            guarded,
            relay_http=http,
            tokens=None,
            endpoints={"acme": receiver},
            rules=RULES,
            base_url="https://ingram.example",
            deadline=5.0,
            clock=utc_now,
        )


def test_neither_endpoint_nor_secret_shows_a_secret() -> None:
    receiver = endpoint("https://a.example/", "canary", headers={"X": "canary"})

    assert "canary" not in repr(receiver)
