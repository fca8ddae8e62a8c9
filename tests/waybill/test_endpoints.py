"""`waybill endpoints`: listed, shown, disabled, enabled."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.defaults import endpoint_states
from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal, with_fields
from waybill.acting import login
from workers.ledger.endpoints.states import FEWEST_FAILURES, EndpointStates


def states(ledger: World) -> EndpointStates:
    return endpoint_states(ledger.redis, ledger.scripts, 1, 432_000.0)


def test_endpoints_that_are_well_are_listed_with_exit_code_0(
    ledger: World, waybill: Terminal
) -> None:
    acts.admit(ledger, acts.notification("N1"))

    result = waybill("endpoints", "list")

    assert result.exit_code == 0, result.output
    rows = {line.split()[0]: line.split() for line in result.stdout.splitlines()[2:]}
    assert rows["acme"] == ["acme", "direct", "127.0.0.1", "enabled", "0", "1", "open"]
    assert rows["globex"][1:4] == ["relay", "receivers.example.com", "enabled"]


def test_json_states_how_each_fares(ledger: World, waybill: Terminal) -> None:
    ledger.gates.close("ingram/globex", 3600)
    acme, globex = waybill.json("endpoints", "list")

    assert acme == {
        "name": "acme",
        "mode": "direct",
        "host": "127.0.0.1",
        "enabled": True,
        "disabled_at": None,
        "why": "",
        "failing_since": None,
        "failures": 0,
        "given_up": 0,
        "last_failure": "",
        "will_be_disabled": None,
        "waiting": 0,
        "leased": 0,
        "gate_closed_until": None,
        "gate_why": None,
        "reasons": [],
    }
    assert globex["gate_closed_until"].endswith("Z")


def test_a_disabled_endpoint_is_not_well_and_states_why(
    ledger: World, waybill: Terminal
) -> None:
    result = waybill("endpoints", "disable", "acme", "--why", "moves house")
    acts.admit(ledger, acts.notification("N1"))

    listed = waybill("endpoints", "list")

    assert (result.exit_code, result.stdout) == (
        0,
        "acme is disabled; what comes waits.\n",
    )
    assert acts.claim(ledger, "ingram/acme").claims == ()
    assert listed.exit_code == 1
    assert "not well: acme is disabled since" in listed.stdout
    assert "moves house" in listed.stdout
    assert "waybill endpoints enable acme" in listed.stdout
    (seen, _) = waybill.json("endpoints", "list")
    assert (seen["enabled"], seen["waiting"]) == (False, 1)
    assert seen["why"] == f"moves house, by {login()}"


def test_enabling_sends_on_what_waited(ledger: World, waybill: Terminal) -> None:
    waybill("endpoints", "disable", "acme")
    acts.admit(ledger, acts.notification("N1"))

    result = waybill("endpoints", "enable", "acme")

    assert result.stdout == "acme is enabled; 1 waited for it.\n"
    assert acts.going(ledger, acts.claim(ledger, "ingram/acme")) == ["delivery:N1"]
    assert waybill("endpoints", "list").exit_code == 0


def test_saying_it_twice_is_no_mistake(ledger: World, waybill: Terminal) -> None:
    acts.admit(ledger, acts.notification("N1"))
    waybill("endpoints", "disable", "acme")

    again = waybill("endpoints", "disable", "acme")
    waybill("endpoints", "enable", "acme")
    twice = waybill("endpoints", "enable", "acme")

    assert (again.exit_code, twice.exit_code) == (0, 0)
    assert again.stdout == "acme was already disabled; what comes waits.\n"
    assert twice.stdout == "acme was already enabled.\n"


def test_one_that_fails_states_since_when_and_when_it_ends(
    ledger: World, waybill: Terminal
) -> None:
    for _ in range(FEWEST_FAILURES - 1):
        states(ledger).failed("acme", "http_503")
    before = waybill("endpoints", "list").exit_code

    states(ledger).failed("acme", "timeout")

    shown = waybill("endpoints", "list")
    assert (before, shown.exit_code) == (0, 1)
    assert "not well: acme has failed since" in shown.stdout
    assert "5 calls, the last with timeout; if this goes on" in shown.stdout


def test_show_prints_every_answer_and_no_secret(
    ledger: World, waybill: Terminal
) -> None:
    own = with_fields(
        waybill,
        answers={"404": "again"},
        headers={"X-Api-Key": "own-canary"},
        after_dead_letter="hold",
        traceparent=True,
        target_url="https://hooks.example/path-canary?token=own-canary",
    )

    result = waybill("endpoints", "show", "acme", **own)

    assert ledger.redis.ping()
    assert result.exit_code == 0, result.output
    for hidden in ("acme-secret", "canary"):
        assert hidden not in result.stdout
    table = [line.split() for line in result.stdout.splitlines()]
    assert ["2xx", "any", "other", "delivered"] in table
    assert ["4xx", "any", "other", "a", "dead", "letter", "at", "once"] in table
    assert ["404", "Not", "Found", "comes", "again"] in [line[:5] for line in table]
    assert ["410", "Gone", "the", "endpoint", "is"] in [line[:5] for line in table]
    assert "X-Api-Key" in result.stdout
    assert ["traceparent:", "sent"] in table
    assert "the order's next ones wait until it is replayed" in result.stdout
    assert "10 within 3 d 3 h; pauses: 5 s, 5 min," in result.stdout


@pytest.mark.parametrize(
    ("fields", "source", "schedule"),
    [
        ({}, "WAYBILL_INGRAM__RETRY_PAUSES", "10 within"),
        (
            {"retry_pauses": [5, 60]},
            "WAYBILL_INGRAM__ENDPOINTS",
            "3 within 1 min; pauses: 5 s,",
        ),
        ({"retry_pauses": []}, "WAYBILL_INGRAM__ENDPOINTS", "1"),
    ],
)
def test_show_states_the_retry_schedule_that_holds_and_its_setting(
    ledger: World,
    waybill: Terminal,
    fields: dict[str, list[float]],
    source: str,
    schedule: str,
) -> None:
    own = with_fields(waybill, **fields)

    shown = waybill("endpoints", "show", "acme", **own).stdout
    document = waybill.json("endpoints", "show", "acme", **own)

    assert ledger.redis.ping()
    rows = dict(re.findall(r"(?m)^([a-z ]+): +(.*)$", shown))
    assert rows["attempts"].startswith(schedule)
    assert rows["pauses from"] == document["retry_pauses_from"] == source
    if fields:
        assert document["retry_pauses"] == fields["retry_pauses"]


def test_show_states_which_secret_signs_and_until_when(
    ledger: World, waybill: Terminal
) -> None:
    now = datetime.now(UTC)
    day = timedelta(days=1)
    secrets = [
        {"value": "ended", "until": (now - day).isoformat()},
        {"value": "first", "until": (now + day).isoformat()},
        "second",
        {"value": "later", "from": (now + day).isoformat()},
    ]

    seen = waybill.json(
        "endpoints", "show", "acme", **with_fields(waybill, secrets=secrets)
    )

    assert ledger.redis.ping()
    signs = [(one["signs"], one["signs_hub"]) for one in seen["secrets"]]
    assert signs == [(False, False), (True, True), (True, False), (False, False)]
    assert seen["answers"]["410"] == "disable"
    assert (seen["max_leased"], seen["after_dead_letter"]) == (128, "go_on")
    assert seen["traceparent"] is False


def test_an_endpoint_whose_secrets_have_all_ended_is_not_well(
    ledger: World, waybill: Terminal
) -> None:
    ended = with_fields(
        waybill, secrets=[{"value": "x", "until": "2020-01-01T00:00:00Z"}]
    )

    result = waybill("endpoints", "show", "acme", **ended)

    assert ledger.redis.ping()
    assert result.exit_code == 1
    assert "not well: no secret of acme signs now" in result.stdout


@pytest.mark.parametrize("command", ["show", "test", "disable", "enable"])
def test_a_name_that_is_no_endpoints_is_bad_usage_and_changes_nothing(
    ledger: World, waybill: Terminal, command: str
) -> None:
    before = acts.everything(ledger)

    result = waybill("endpoints", command, "nobody")

    assert result.exit_code == 2
    assert "there are: acme, globex" in result.stderr
    assert acts.everything(ledger) == before


@pytest.mark.parametrize("command", ["list", "show", "test", "disable", "enable"])
def test_each_has_an_example(command: str) -> None:
    result = Terminal({})("endpoints", command, "--help")

    example = result.stdout.partition("Example:")[2]
    assert f"waybill endpoints {command}" in example
