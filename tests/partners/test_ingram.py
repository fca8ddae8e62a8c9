"""Signed notifications, sent to their targets."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from sandbox.server import Sandbox
from tasks.outcomes.errors import NotYet, PermanentError
from tests.http.raw_server import Act, RawServer, always
from tests.partners.conftest import NOW
from tests.partners.partners import answer
from tests.partners.receivers import (
    BODY,
    FIRST,
    HUB,
    OK,
    SECOND,
    Make,
    endpoint,
    headers_of,
    refusal,
)
from workers.partners.ingram.endpoint import Secret


def test_a_receiver_verifies_both_signatures(sandbox: Sandbox, make: Make) -> None:
    client = make(endpoint(f"{sandbox.url}/receivers/acme"))

    status = client.send("acme", "EV1", BODY, 1)

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

    client.send("acme", "EV1", BODY, 3, 12)

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
        "waybill-sequence": "12",
    }
    assert server.requests[0].endswith(b"\r\n\r\n" + BODY)


def test_a_number_that_is_not_known_is_not_sent(
    serve: Callable[[Act], RawServer], make: Make
) -> None:
    server = serve(always(OK))

    make(endpoint(server.url())).send("acme", "EV1", BODY, 1)

    assert "waybill-sequence" not in headers_of(server.requests[0])


def test_only_who_wants_it_is_sent_the_trace(
    serve: Callable[[Act], RawServer], make: Make
) -> None:
    server, trace = serve(always(OK)), f"00-{'a' * 32}-{'b' * 16}-01"
    plain = endpoint(server.url())

    make(plain).send("acme", "EV1", BODY, 1, 1, trace)
    make(replace(plain, traceparent=True)).send("acme", "EV1", BODY, 1, 1, trace)
    make(replace(plain, traceparent=True)).send("acme", "EV1", BODY, 1, 1)

    sent = [headers_of(request).get("traceparent") for request in server.requests]
    assert sent == [None, trace, None]


def test_a_test_reports_it_and_any_answer_to_it_comes_back(
    serve: Callable[[Act], RawServer], make: Make
) -> None:
    server = serve(always(answer(410, b"no more, acme-secret")))

    reply, text = make(endpoint(server.url())).test("acme", "EV1", BODY)

    assert (reply.status, text) == (410, "no more, ***")
    assert headers_of(server.requests[0])["waybill-test"] == "true"


def test_every_attempt_is_signed_afresh_under_the_same_id(
    serve: Callable[[Act], RawServer], make: Make
) -> None:
    server = serve(always(OK))
    moments = iter((NOW, NOW + timedelta(seconds=5), NOW + timedelta(seconds=6)))
    client = make(endpoint(server.url(), "first-secret"), clock=lambda: next(moments))

    for attempts in (1, 2, 3):
        client.send("acme", "EV1", BODY, attempts)

    sent = [headers_of(request) for request in server.requests]
    assert {(one["webhook-id"], one["x-hub-signature"]) for one in sent} == {
        ("EV1", HUB)
    }
    assert [one["webhook-timestamp"] for one in sent] == [
        "1795168800",
        "1795168805",
        "1795168806",
    ]
    assert len({one["webhook-signature"] for one in sent}) == 3
    assert sent[0]["webhook-signature"] == FIRST


def test_the_official_package_verifies_the_standard_headers(
    serve: Callable[[Act], RawServer], make: Make
) -> None:
    server = serve(always(OK))
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    client = make(endpoint(server.url(), secret))

    client.send("acme", "EV1", BODY, 1)

    sent = dict(headers_of(server.requests[0]))
    assert Webhook(secret).verify(BODY, sent) == {"eventId": "EV1"}


def test_the_hub_signature_can_be_hexadecimal(
    serve: Callable[[Act], RawServer], make: Make
) -> None:
    server = serve(always(OK))
    client = make(endpoint(server.url(), "first-secret", hub_encoding="hex"))

    client.send("acme", "EV1", BODY, 1)

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

    client.send("acme", "EV1", BODY, 1)

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

    client.send("acme", "EV1", BODY, 1)

    sent = headers_of(server.requests[0])
    assert sent["authorization"] == "Basic eA=="
    assert sent["x-hub-signature"] == HUB
    assert b"forged" not in server.requests[0]


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


def test_neither_endpoint_nor_secret_shows_a_secret() -> None:
    receiver = endpoint("https://a.example/", "canary", headers={"X": "canary"})

    assert "canary" not in repr(receiver)
