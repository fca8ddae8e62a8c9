"""Notifications through Ingram Micro's relay."""

from datetime import UTC, datetime
from typing import Literal

import pytest
import redis as redis_library

from sandbox.http.fault import Fault
from sandbox.server import Sandbox
from tasks.outcomes.errors import NotYet, Throttled, Unavailable
from tests.partners.partners import utc_now
from tests.partners.receivers import BODY, RULES, Make, endpoint, refusal
from waybill.sandbox import environment
from workers.http.client import HttpClient
from workers.partners.ingram.calls import client as ingram_client
from workers.partners.ingram.client import IngramClient
from workers.partners.ingram.endpoint import Endpoint
from workers.partners.ingram.settings import Ingram
from workers.settings.settings import Settings
from workers.wiring.calls import reach_of


def relayed(sandbox: Sandbox) -> Endpoint:
    return endpoint(f"{sandbox.url}/receivers/acme", mode="relay")


def test_the_relay_passes_a_notification_on(sandbox: Sandbox, make: Make) -> None:
    status = make(relayed(sandbox)).send("acme", "EV1", BODY, 1)

    (delivery,) = sandbox.deliveries("acme")
    assert status == 200
    assert (delivery.verified, delivery.headers["via"]) == (True, "1.1 ingram")
    assert sandbox.journal.count("ingram.relay") == 1


@pytest.mark.parametrize("way", ["oauth20", "oauth30"])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_tokens_come_from_either_endpoint_in_either_way(
    sandbox: Sandbox,
    redis: "redis_library.Redis",
    way: str,
    method: Literal["POST", "GET"],
) -> None:
    environ = environment(sandbox.url) | {
        "WAYBILL_INGRAM__TOKEN_URL": f"{sandbox.url}/ingram/oauth/{way}/token",
        "WAYBILL_INGRAM__TOKEN_METHOD": method,
    }
    settings = Settings.load(environ)
    reach = reach_of(settings, "ingram", client=redis)
    client = ingram_client(settings.of(Ingram), reach)

    assert client.send("globex", "EV1", BODY, 1) == 200

    (asked,) = sandbox.journal.entries("token.ingram")
    assert (asked.method, way in asked.path) == (method, True)


def test_a_relayed_target_is_not_resolved_by_us(sandbox: Sandbox, make: Make) -> None:
    target = "https://name-that-does-not-exist.example/receivers/acme"

    status = make(endpoint(target, mode="relay")).send("acme", "EV1", BODY, 1)

    (entry,) = sandbox.journal.entries("ingram.relay")
    assert status == 200
    assert entry.facts["target"] == target


def test_a_relay_token_that_ended_is_replaced_within_the_same_attempt(
    sandbox: Sandbox, make: Make
) -> None:
    client = make(relayed(sandbox))
    client.send("acme", "EV1", BODY, 1)
    sandbox.revoke_tokens()

    assert client.send("acme", "EV1", BODY, 2) == 200
    assert sandbox.journal.count("token.ingram") == 2


def test_a_relay_that_refuses_every_token_waits_for_a_person(
    sandbox: Sandbox, make: Make
) -> None:
    sandbox.faults.order("ingram.relay", Fault.status(401), times=None)

    error = refusal(make(relayed(sandbox)))

    assert isinstance(error, NotYet)
    assert (error.code, error.shared) == ("token_refused", True)
    assert sandbox.journal.count("ingram.relay") == 2


def test_a_relay_that_slows_us_down_states_when_to_come_back(
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
