from urllib.parse import urlencode

import pytest

from sandbox import settings
from sandbox.faults import Fault
from sandbox.server import Sandbox
from sandbox.settings import SandboxSettings
from tests.sandbox.caller import RELAY, Caller, notification


@pytest.mark.parametrize("version", ["oauth20", "oauth30"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_is_given_by_query_and_by_form(
    caller: Caller, method: str, version: str
) -> None:
    form = urlencode(
        {
            "grant_type": "client_credentials",
            "client_id": settings.INGRAM_CLIENT_ID,
            "client_secret": settings.INGRAM_CLIENT_SECRET,
        }
    )
    path = f"/ingram/oauth/{version}/token"

    reply = (
        caller.send("GET", f"{path}?{form}")
        if method == "GET"
        else caller.send("POST", path, form)
    )

    assert reply.status == 200
    assert reply.json()["token_type"] == "Bearer"
    # A text, as the vendor's specification has it.
    assert reply.json()["expires_in"] == "3600"


def test_a_wrong_client_gets_no_token(caller: Caller) -> None:
    reply = caller.send("POST", "/ingram/oauth/oauth20/token", "client_id=stranger")

    assert reply.status == 400
    assert list(reply.json()) == ["message"]


def test_the_relay_reaches_a_receiver_of_this_sandbox(
    sandbox: Sandbox, caller: Caller
) -> None:
    reply = caller.relay(f"{sandbox.url}/receivers/acme", "E7")

    (delivery,) = sandbox.deliveries("acme")
    assert (reply.status, reply.body) == (200, b"")
    assert delivery.body == notification("E7")
    assert delivery.verified
    assert sandbox.applied("acme") == ("E7",)


def test_the_relay_knows_the_sandbox_by_its_own_host_names(
    sandbox: Sandbox, caller: Caller
) -> None:
    caller.relay(f"https://{settings.RECEIVER_HOST}/receivers/acme")

    assert sandbox.applied("acme") == ("E1",)


def test_the_relay_knows_the_sandbox_by_any_name_of_loopback(
    sandbox: Sandbox, caller: Caller
) -> None:
    caller.relay(f"http://localhost:{sandbox.port}/receivers/acme", "E1")
    caller.relay(f"http://localhost:{sandbox.port + 1}/receivers/acme", "E2")
    caller.relay("http://[broken/receivers/acme", "E3")

    assert sandbox.applied("acme") == ("E1",)


def test_a_target_elsewhere_is_noted_and_not_called(
    sandbox: Sandbox, caller: Caller
) -> None:
    reply = caller.relay("https://elsewhere.example.com/hook")

    (entry,) = sandbox.journal.entries("ingram.relay")
    assert reply.status == 200
    assert entry.facts["target"] == "https://elsewhere.example.com/hook"
    assert sandbox.deliveries() == ()


def test_the_relay_needs_its_two_headers(caller: Caller) -> None:
    without_target = caller.relay("")
    without_signature = caller.relay("https://a.example.com", **{"x-hub-signature": ""})

    assert without_target.status == without_signature.status == 400
    (error,) = without_target.json()["errors"]
    assert error["fields"][0]["field"] == "targeturl"


def test_the_relay_needs_a_token_of_ingrams(caller: Caller) -> None:
    missing = caller.relay("https://a.example.com", Authorization="")
    foreign = caller.microsoft().json()["access_token"]
    wrong = caller.relay("https://a.example.com", Authorization=f"Bearer {foreign}")

    assert missing.status == wrong.status == 401
    assert wrong.json()["fault"]["faultstring"] == "Invalid Access Token"


def test_the_relay_refuses_what_is_no_json_object(caller: Caller) -> None:
    headers = {
        "Authorization": f"Bearer {caller.ingram_token()}",
        "targeturl": "https://a.example.com",
        "x-hub-signature": "x",
    }

    replies = [caller.send("POST", RELAY, body, headers) for body in ("[]", "{")]

    assert [reply.status for reply in replies] == [400, 400]


@pytest.mark.parametrize(
    "fault", [Fault.status(503), Fault.drop(), Fault.reset(), Fault.truncate()]
)
def test_a_receiver_that_fails_makes_the_relay_answer_500(
    sandbox: Sandbox, caller: Caller, fault: Fault
) -> None:
    sandbox.faults.order("receiver.acme", fault)

    reply = caller.relay(f"{sandbox.url}/receivers/acme")

    assert reply.status == 500
    assert "faultstring" in reply.json()["fault"]


def test_a_relay_under_a_fault_does_not_pass_anything_on(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.faults.order("ingram.relay", Fault.status(500))

    reply = caller.relay(f"{sandbox.url}/receivers/acme")

    assert reply.status == 500
    assert sandbox.deliveries() == ()


def test_the_life_of_a_token_may_be_a_number_as_the_portal_has_it() -> None:
    with Sandbox(SandboxSettings(ingram_numbers_as_text=False)).start() as sandbox:
        caller = Caller(sandbox.port)
        token = caller.send(
            "GET",
            "/ingram/oauth/oauth20/token?grant_type=client_credentials"
            f"&client_id={settings.INGRAM_CLIENT_ID}"
            f"&client_secret={settings.INGRAM_CLIENT_SECRET}",
        ).json()
        caller.close()

    assert token["expires_in"] == 3600
