"""An endpoint that no living worker knows: named by every command, and forgotten."""

from dataclasses import replace

import pytest

from serializers.timeline.codes import Code, note
from tasks.ledger_values import Kind, NewDelivery
from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import ABLE, Terminal, known_to_a_worker
from waybill.doctor.workers import presence
from waybill.status.differing import DEPLOYMENT_SECONDS
from workers.ledger.endpoints.rosters import Rosters
from workers.ledger.identity.heartbeats import Alive, Heartbeats
from workers.partners.check import CheckResult

BETA = "ingram/beta"


def keep(ledger: World, *orders: str, endpoint: str = "beta") -> None:
    """A change for the endpoint, of each of these orders."""
    for n, number in enumerate(orders):
        kept = NewDelivery(f"C{n}.{endpoint}", f"ingram/{endpoint}", Kind.CHANGE, b"[]")
        acts.admit(ledger, kept, number=number)


def alive(ledger: World, name: str, up_seconds: float, **settings: str) -> None:
    heartbeat = replace(
        ABLE, name=name, pid=3, up_seconds=up_seconds, settings=settings
    )
    Heartbeats(ledger.redis).beat(name, heartbeat)


def test_status_names_it_with_what_waits_and_what_to_do(
    ledger: World, waybill: Terminal
) -> None:
    keep(ledger, "SO-1", "SO-1", "SO-2")

    result = waybill("status")

    assert result.exit_code == 1
    assert "no living worker knows endpoint beta, and" in result.stdout
    assert "notifications wait for it: 3; " in result.stdout
    assert "`waybill endpoints forget beta`" in result.stdout
    [shown] = waybill.json("status")["unknown_endpoints"]
    assert shown == {"name": "beta", "waiting": 3, "at_least": False}


def test_a_name_that_is_nearly_known_is_asked_about(
    ledger: World, waybill: Terminal
) -> None:
    keep(ledger, "SO-1", endpoint="acmee")

    assert "knows endpoint acmee (is acme meant?)" in waybill("status").stdout


def test_status_is_well_while_a_living_worker_knows_it(
    ledger: World, waybill: Terminal
) -> None:
    keep(ledger, "SO-1")
    known_to_a_worker(ledger.redis, "beta")

    assert waybill.json("status")["reasons"] == []


def test_what_the_settings_of_a_command_have_and_no_worker_knows_is_named(
    ledger: World, waybill: Terminal
) -> None:
    acts.fill(ledger, "ingram/acme")
    acts.admit(ledger, acts.notification("N1"))
    Heartbeats(ledger.redis).end("a worker")
    known_to_a_worker(ledger.redis, "beta")

    [shown] = waybill.json("status")["unknown_endpoints"]

    assert shown["name"] == "acme"


def test_list_shows_those_that_only_the_ledger_has(
    ledger: World, waybill: Terminal
) -> None:
    Rosters(ledger.scripts).join(["old"])
    keep(ledger, "SO-1")
    known_to_a_worker(ledger.redis, "gamma")

    result = waybill("endpoints", "list")
    listed = {one["name"]: one for one in waybill.json("endpoints", "list")}

    assert result.exit_code == 1
    assert "not well: no living worker knows beta;" in result.stdout
    assert listed["old"]["why"] == "no living worker knows it"
    assert listed["gamma"]["why"] == "in the settings of workers only"
    assert (listed["beta"]["waiting"], listed["beta"]["mode"]) == (1, None)
    assert [len(listed[n]["reasons"]) for n in ("old", "gamma", "beta")] == [0, 0, 1]


def test_forget_counts_and_asks_first(ledger: World, waybill: Terminal) -> None:
    keep(ledger, "SO-1", "SO-2")

    result = waybill("endpoints", "forget", "beta", stdin=b"n\n")

    assert result.exit_code == 1
    assert "beta: waiting notifications: 2, dead letters: 0" in result.stdout
    assert acts.state(ledger, "delivery:C0.beta") == "due"


def test_forget_discards_all_that_it_left_and_leaves_others(
    ledger: World, waybill: Terminal
) -> None:
    Rosters(ledger.scripts).join(["acme", "beta"])
    keep(ledger, "SO-1", "SO-1", "SO-2")
    ledger.redis.sadd(acts.root(ledger) + "parked", BETA)
    acts.fill(ledger, "ingram/acme")
    acts.admit(ledger, acts.notification("N1"))

    result = waybill("endpoints", "forget", "beta", "--yes", "--reason=x")

    assert result.exit_code == 0, result.output
    assert "beta is forgotten; discarded: 3." in result.stdout
    states = [
        acts.state(ledger, "delivery:C0.beta", "SO-1"),
        acts.state(ledger, "delivery:C1.beta", "SO-1"),
        acts.state(ledger, "delivery:C2.beta", "SO-2"),
        acts.state(ledger, "delivery:N1"),
    ]
    assert states == ["discarded"] * 3 + ["due"]
    assert note(Code.DISCARDED, "delivery:C2.beta") in acts.timeline(ledger, "SO-2")
    assert Rosters(ledger.scripts).everyone() == {"acme"}
    assert waybill.json("status")["unknown_endpoints"] == []
    assert not ledger.redis.sismember(acts.root(ledger) + "parked", BETA)


def test_forget_discards_its_dead_letters(ledger: World, waybill: Terminal) -> None:
    keep(ledger, "SO-1")
    ledger.redis.zrem(f"{acts.root(ledger)}due:{BETA}", "delivery:C0.beta")
    ledger.redis.zadd(acts.root(ledger) + "dead", {"delivery:C0.beta": 1})
    ledger.redis.hset(acts.root(ledger) + "delivery:C0.beta", "state", "dead")

    result = waybill("endpoints", "forget", "beta", "--yes", "--reason=x")

    assert "dead letters: 1" in result.stdout
    assert acts.state(ledger, "delivery:C0.beta") == "discarded"


def test_what_a_living_worker_knows_is_not_forgotten(
    ledger: World, waybill: Terminal
) -> None:
    keep(ledger, "SO-1")
    known_to_a_worker(ledger.redis, "beta")

    result = waybill("endpoints", "forget", "beta", "--yes", "--reason=x")

    assert result.exit_code == 1
    assert acts.state(ledger, "delivery:C0.beta") == "due"


@pytest.mark.usefixtures("ledger")
def test_what_nobody_has_heard_of_cannot_be_forgotten(waybill: Terminal) -> None:
    result = waybill("endpoints", "forget", "nobody", "--yes", "--reason=x")

    assert result.exit_code == 1
    assert "nothing is known of nobody" in result.output


def test_settings_that_differ_are_a_note_first_and_not_well_when_they_last(
    ledger: World, waybill: Terminal
) -> None:
    alive(ledger, "old@h", DEPLOYMENT_SECONDS + 60, endpoints="1", statuses="1")
    alive(ledger, "new@h", DEPLOYMENT_SECONDS - 60, endpoints="2", statuses="1")

    early, output = waybill.json("status"), waybill("status").stdout
    alive(ledger, "new@h", DEPLOYMENT_SECONDS + 1, endpoints="2", statuses="1")
    late = waybill.json("status")

    assert (early["well"], late["well"]) == (True, False)
    assert "note: workers differ in their settings of endpoints for" in output
    [shown] = early["differences"]
    assert (shown["part"], shown["workers"]) == ("endpoints", [["old@h"], ["new@h"]])
    assert "old@h against new@h; give all the same settings" in late["reasons"][0]


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(60, CheckResult.WARNING), (7_200, CheckResult.WRONG)]
)
def test_doctor_names_workers_whose_settings_differ(
    seconds: float, verdict: CheckResult
) -> None:
    old = replace(ABLE, name="old@h", up_seconds=9_000, settings={"secrets": "1"})
    new = replace(ABLE, name="new@h", up_seconds=seconds, settings={"secrets": "2"})

    found = list(presence([Alive("1", old), Alive("2", new)], []))

    [shown] = [one for one in found if "differ" in one.message]
    assert shown.verdict is verdict
    assert "settings of secrets" in shown.message
    assert shown.message.endswith("old@h against new@h")
