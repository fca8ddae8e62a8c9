"""`waybill endpoints test`: a test event, and its answer explained."""

import json

import pytest

from sandbox.http.fault import Fault
from sandbox.server import Sandbox
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal, with_fields
from workers.redis.answers import octets


@pytest.fixture
def receivers(partners: Sandbox) -> Sandbox:
    partners.reset()
    return partners


@pytest.mark.parametrize("name", ["acme", "globex"])
def test_a_test_event_is_signed_marked_and_reported_as_delivered(
    ledger: World, receivers: Sandbox, waybill: Terminal, name: str
) -> None:
    result = waybill("endpoints", "test", name)

    assert ledger.redis.ping()
    assert result.exit_code == 0, result.output
    (delivery,) = receivers.deliveries(name)
    assert (delivery.verified, delivery.order_number) == (True, "WAYBILL-TEST")
    assert "is delivered" in result.stdout
    assert delivery.event_id in result.stdout
    relayed = "whether the target did is not known" in result.stdout
    assert relayed == (name == "globex")


def test_two_tests_are_two_events(
    ledger: World, receivers: Sandbox, waybill: Terminal
) -> None:
    for _ in range(2):
        waybill("endpoints", "test", "acme")

    assert ledger.redis.ping()
    ids = {one.event_id for one in receivers.deliveries("acme")}
    headers = [one.headers["waybill-test"] for one in receivers.deliveries("acme")]
    assert (len(ids), headers) == (2, ["true", "true"])


@pytest.mark.parametrize(
    ("status", "means", "advice"),
    [
        (301, "give_up", "Redirects are never followed"),
        (401, "give_up", "with the right secret"),
        (404, "give_up", "the receiver's very path"),
        (410, "disable", "disables the endpoint"),
        (503, "again", "after the next pause"),
    ],
)
def test_an_answer_that_delivers_nothing_is_explained(
    ledger: World,
    receivers: Sandbox,
    waybill: Terminal,
    status: int,
    means: str,
    advice: str,
) -> None:
    receivers.receivers.behave("acme", status=status)

    result = waybill("endpoints", "test", "acme", "--json")
    shown = json.loads(result.stdout)

    assert ledger.redis.ping()
    assert result.exit_code == 1
    assert (shown["status"], shown["means"]) == (status, means)
    assert advice in shown["explanation"]
    # A test changes nothing, whatever is answered.
    assert waybill("endpoints", "list").exit_code == 0


def test_no_answer_at_all_is_explained(
    ledger: World, receivers: Sandbox, waybill: Terminal
) -> None:
    receivers.faults.order("receiver.acme", Fault.drop())

    result = waybill("endpoints", "test", "acme")

    assert ledger.redis.ping()
    assert result.exit_code == 1
    assert "answer  none (reset)" in result.stdout
    assert "comes again after the next pause" in result.stdout


def test_a_place_that_may_not_be_called_is_explained(
    ledger: World, waybill: Terminal
) -> None:
    inside = with_fields(waybill, target_url="https://169.254.169.254/meta")

    result = waybill("endpoints", "test", "acme", **inside)

    assert ledger.redis.ping()
    assert result.exit_code == 1
    assert "the target URL is refused" in result.stdout
    assert "a dead letter at once" in result.stdout


def test_a_disabled_endpoint_can_be_tested(
    ledger: World, receivers: Sandbox, waybill: Terminal
) -> None:
    waybill("endpoints", "disable", "acme")

    result = waybill("endpoints", "test", "acme")

    assert ledger.redis.ping()
    assert result.exit_code == 0
    assert len(receivers.deliveries("acme")) == 1


def test_redis_holds_the_endpoints_state_and_none_of_their_secrets(
    ledger: World, receivers: Sandbox, waybill: Terminal
) -> None:
    own = with_fields(waybill, headers={"Authorization": "Bearer own-canary"})
    waybill("endpoints", "test", "acme", **own)
    waybill("endpoints", "disable", "acme", **own)

    held = [octets(ledger.redis.dump(key)) for key in ledger.redis.keys("*")]

    assert receivers.applied("acme")
    assert len(held) >= 2
    assert not any(b"canary" in one or b"acme-secret" in one for one in held)
