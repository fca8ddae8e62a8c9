import base64

import pytest

from sandbox.faults import Fault
from sandbox.partners.ingram.receiver import objection
from sandbox.server import Sandbox
from tests.sandbox.caller import Caller, hub_signature, notification, webhook_headers

PATH = "/receivers/acme"


@pytest.mark.parametrize(
    ("event_id", "secret", "signature"),
    [
        (
            "N01CIB9VVFYKR9J6ZW",
            "test-secret",
            "rpThdKKje4+oJUaWj7cxoJWuMZMBkRG9RupuVRegCnk/tjgP8BV5WY5eKOCNFUZllVdKC1Ri9n/54HwsiMQ/CQ==",
        ),
        (
            "N01CIB9VVFYKR9J6ZW",
            "clé-ütf8",
            "xOznBG6B5MHlohrecFF9+ZYA7k/QBHoI1TqJVbVQ/yeSFP2hrqTeaSKwOasinvDWRmrYACWbD5LnMIuM9yC04w==",
        ),
    ],
)
def test_the_hub_signature_signs_the_event_id_alone(
    event_id: str, secret: str, signature: str
) -> None:
    hexadecimal = base64.b64decode(signature).hex()

    for given in (signature, hexadecimal):
        headers = {"x-hub-signature": given}
        assert not objection(headers, b"anything", event_id, (secret,))


def test_a_signed_notification_is_taken_and_remembered(
    sandbox: Sandbox, caller: Caller
) -> None:
    reply = caller.notify()

    (delivery,) = sandbox.deliveries()
    assert (reply.status, reply.body) == (200, b"")
    assert (delivery.receiver, delivery.event_id) == ("acme", "E1")
    assert delivery.order_number == "SO-1"
    assert delivery.statuses == ("im::order_shipped", "IM::shipped")
    assert (delivery.verified, delivery.accepted, delivery.duplicate) == (
        True,
        True,
        False,
    )
    assert delivery.body == notification("E1")
    assert sandbox.applied("acme") == ("E1",)


def test_the_same_event_again_is_a_duplicate_and_applied_once(
    sandbox: Sandbox, caller: Caller
) -> None:
    caller.notify()
    caller.notify()

    assert [one.duplicate for one in sandbox.deliveries()] == [False, True]
    assert [one.accepted for one in sandbox.deliveries()] == [True, True]
    assert sandbox.applied("acme") == ("E1",)


def test_a_wrong_secret_is_refused_and_not_applied(
    sandbox: Sandbox, caller: Caller
) -> None:
    reply = caller.notify(secret="not-acmes")

    (delivery,) = sandbox.deliveries()
    assert reply.status == delivery.status == 401
    assert (delivery.verified, delivery.reason) == (False, "x-hub-signature is wrong")
    assert sandbox.applied("acme") == ()


def test_a_missing_signature_is_refused(sandbox: Sandbox, caller: Caller) -> None:
    reply = caller.send("POST", PATH, notification("E1"))

    assert reply.status == 401
    assert sandbox.deliveries()[0].reason == "x-hub-signature is missing"


def test_an_unknown_receiver_has_the_fallback_secret(
    sandbox: Sandbox, caller: Caller
) -> None:
    reply = caller.notify("never-heard-of", secret="receiver-secret")

    assert reply.status == 200
    assert sandbox.applied("never-heard-of") == ("E1",)


@pytest.mark.parametrize("keys", [[b"acme-secret"], [b"an-older-one", b"acme-secret"]])
def test_any_of_several_webhook_signatures_will_do(
    sandbox: Sandbox, caller: Caller, keys: list[bytes]
) -> None:
    body = notification("E1")
    headers = webhook_headers(keys, body)
    headers["x-hub-signature"] = hub_signature("acme-secret", "E1")

    caller.send("POST", PATH, body, headers)

    assert sandbox.deliveries()[0].reason == ""
    assert sandbox.deliveries()[0].headers["webhook-id"] == "msg_1"


def test_a_whsec_secret_signs_with_its_decoded_rest(
    sandbox: Sandbox, caller: Caller
) -> None:
    secret = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
    sandbox.receivers.behave("acme", secrets=[secret])
    body = notification("E1")
    headers = webhook_headers([b"0123456789abcdef01234567"], body)
    headers["x-hub-signature"] = hub_signature(secret, "E1")

    reply = caller.send("POST", PATH, body, headers)

    assert reply.status == 200


def test_an_altered_body_is_noticed_by_the_webhook_signature(
    sandbox: Sandbox, caller: Caller
) -> None:
    headers = webhook_headers([b"acme-secret"], notification("E1"))
    headers["x-hub-signature"] = hub_signature("acme-secret", "E1")
    altered = notification("E1").replace(b"SO-1", b"SO-2")

    reply = caller.send("POST", PATH, altered, headers)

    assert reply.status == 401
    assert sandbox.deliveries()[0].reason == "webhook-signature is wrong"


@pytest.mark.parametrize("age", [-400, 400])
def test_a_timestamp_far_from_now_is_refused(
    sandbox: Sandbox, caller: Caller, age: float
) -> None:
    body = notification("E1")
    headers = webhook_headers([b"acme-secret"], body, age=age)
    headers["x-hub-signature"] = hub_signature("acme-secret", "E1")

    caller.send("POST", PATH, body, headers)

    assert sandbox.deliveries()[0].reason == "webhook-timestamp is too far from now"


def test_one_webhook_header_alone_is_not_enough(
    sandbox: Sandbox, caller: Caller
) -> None:
    headers = {
        "x-hub-signature": hub_signature("acme-secret", "E1"),
        "webhook-id": "msg_1",
    }

    caller.send("POST", PATH, notification("E1"), headers)

    assert sandbox.deliveries()[0].reason == "webhook-timestamp is no number"


def test_a_receiver_that_is_not_strict_takes_what_it_cannot_verify(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.receivers.behave("acme", strict=False)

    reply = caller.notify(secret="not-acmes")

    assert reply.status == 200
    assert not sandbox.deliveries()[0].verified
    assert sandbox.applied("acme") == ("E1",)


def test_a_receiver_ordered_to_fail_does_not_apply(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.receivers.behave("acme", status=503)

    reply = caller.notify()

    assert reply.status == 503
    assert sandbox.deliveries()[0].verified
    assert sandbox.applied("acme") == ()


def test_a_faulty_answer_is_remembered_as_it_was_seen(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.faults.order("receiver.*", Fault.status(503))
    caller.notify()
    caller.notify()

    seen = [(one.status, one.accepted) for one in sandbox.deliveries("acme")]
    assert seen == [(503, False), (200, True)]


@pytest.mark.parametrize("spelling", ["portal", "object"])
def test_a_notification_is_read_in_any_published_spelling(
    sandbox: Sandbox, caller: Caller, spelling: str
) -> None:
    bodies = {
        "portal": b'{"eventid":"E1","resource":[{"ORDERNUMBER":"SO-1",'
        b'"lines":[{"linestatus":"IM::shipped"}]}]}',
        "object": b'{"eventId":"E1","resource":{"orderNumber":"SO-1",'
        b'"lines":{"lineStatus":"IM::shipped"}}}',
    }
    headers = {"x-hub-signature": hub_signature("acme-secret", "E1")}

    caller.send("POST", PATH, bodies[spelling], headers)

    (delivery,) = sandbox.deliveries()
    assert (delivery.order_number, delivery.statuses) == ("SO-1", ("", "IM::shipped"))
    assert sandbox.applied("acme") == ("E1",)


@pytest.mark.parametrize("body", [b"", b"\xff", b"[1]", b'{"resource":[1,null]}'])
def test_any_bytes_are_remembered(
    sandbox: Sandbox, caller: Caller, body: bytes
) -> None:
    reply = caller.send("POST", PATH, body)

    assert reply.status == 401
    assert sandbox.deliveries()[0].body == body
