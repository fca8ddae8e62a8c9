import pytest

from sandbox.server import Sandbox
from sandbox.settings import SandboxSettings
from tests.sandbox.caller import Caller


def test_the_right_client_gets_a_bearer_token(caller: Caller) -> None:
    reply = caller.microsoft()

    assert reply.status == 200
    assert reply.json()["token_type"] == "Bearer"
    assert reply.json()["expires_in"] == 3600
    assert len(reply.json()["access_token"]) > 40


@pytest.mark.parametrize(
    ("changes", "status", "error", "code"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_secret": ""}, 401, "invalid_client", 7000218),
        ({"client_id": "stranger"}, 400, "unauthorized_client", 700016),
        ({"client_id": ""}, 400, "invalid_request", 900144),
        ({"grant_type": ""}, 400, "invalid_request", 900144),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"resource": "of-somebody"}, 400, "invalid_resource", 500011),
    ],
)
def test_a_refusal_has_microsofts_shape(
    caller: Caller, changes: dict[str, str], status: int, error: str, code: int
) -> None:
    reply = caller.microsoft(**changes)

    assert (reply.status, reply.json()["error"]) == (status, error)
    assert reply.json()["error_codes"] == [code]
    assert reply.json()["error_description"].startswith(f"AADSTS{code}: ")
    assert "Trace ID: " in reply.json()["error_description"]


def test_a_refusal_does_not_repeat_the_secret(caller: Caller) -> None:
    reply = caller.microsoft(client_secret="nobody-should-read-this")

    assert b"nobody-should-read-this" not in reply.body


def test_a_set_resource_is_required_and_repeated_in_texts() -> None:
    settings = SandboxSettings(westcon_resource="res-1", numbers_as_text=True)
    with Sandbox(settings) as sandbox:
        caller = Caller(sandbox.port)

        without, with_it = caller.microsoft(), caller.microsoft(resource="res-1")

        caller.close()
    assert without.status == 400
    assert with_it.json()["expires_in"] == "3600"
    assert with_it.json()["expires_on"].isdigit()


def test_a_form_under_another_content_type_is_not_read(caller: Caller) -> None:
    reply = caller.send(
        "POST",
        "/microsoft/tenant/oauth2/token",
        "grant_type=client_credentials",
        {"Content-Type": "text/plain"},
    )

    assert (reply.status, reply.json()["error"]) == (400, "invalid_request")
