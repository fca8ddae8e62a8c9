"""What no worker does, as status, doctor and explain put it."""

from dataclasses import replace

import pytest

from tests.waybill.terminal import ABLE
from waybill.status.served import QUIET_MS, absences, obstacles, summary
from workers.ledger.identity.heartbeats import Alive, Heartbeat

NAMES = ("westcon", "deck", "ingram/acme")


def alive(*heartbeats: Heartbeat) -> list[Alive]:
    return [
        Alive(f"t{n}", heartbeat, 1_000_000) for n, heartbeat in enumerate(heartbeats)
    ]


def reported(*heartbeats: Heartbeat) -> list[str]:
    return list(absences(alive(*heartbeats), NAMES))


def test_a_worker_with_all_duties_is_enough() -> None:
    assert reported(ABLE) == []


def test_nobody_is_one_reason_not_six() -> None:
    [reason] = reported()

    assert reason.startswith("no worker is alive: ")


@pytest.mark.parametrize("queue", ["orders", "westcon", "deck", "ingram"])
def test_a_queue_that_the_settings_need_and_nobody_serves_is_named(queue: str) -> None:
    others = tuple(name for name in ABLE.queues if name != queue)

    [reason] = reported(replace(ABLE, queues=others))

    assert reason.startswith(f"no worker serves queue {queue}; ")


def test_a_queue_that_no_configured_partner_needs_may_be_unserved() -> None:
    some = replace(ABLE, queues=("orders", "deck"))

    assert list(absences(alive(some), ["deck"])) == []
    assert list(absences(alive(replace(ABLE, queues=("orders",))), [])) == []


@pytest.mark.parametrize("role", ["intake", "release"])
def test_a_role_that_nobody_has_is_named(role: str) -> None:
    without: dict[str, bool] = {role: False}

    [reason] = reported(replace(ABLE, **without))  # type: ignore[arg-type] # flags alone

    assert reason.startswith(f"no worker runs {role.title()}: ")
    assert f"--without-{role}" in reason


def test_workers_share_the_duties() -> None:
    reader = replace(ABLE, name="a@h", queues=("orders",), release=False)
    caller = replace(ABLE, name="b@h", queues=ABLE.queues[1:], intake=False)

    assert reported(reader, caller) == []


def test_what_stands_still_is_not_served_and_named_with_its_worker() -> None:
    stuck = replace(ABLE, queues=(), release=False, stuck=("release", "queues"))

    reasons = reported(stuck)

    assert sum(reason.startswith("no worker serves queue") for reason in reasons) == 4
    assert any(reason.startswith("no worker runs Release") for reason in reasons)
    still = [reason for reason in reasons if "stands still" in reason]
    assert [reason.partition(" of ")[0] for reason in still] == [
        "Release",
        "the loop that takes hints from the queues",
    ]


def test_two_of_one_name_are_named_with_their_places() -> None:
    [reason] = reported(ABLE, replace(ABLE, pid=2, host="other"))

    assert "called worker@tests: 2" in reason
    assert "process 1 on tests" in reason
    assert "process 2 on other" in reason


def test_a_predecessor_that_was_killed_is_no_second_of_the_name() -> None:
    killed = Alive("t0", ABLE, 1_000_000, int(QUIET_MS) + 1)
    successor = Alive("t1", replace(ABLE, pid=2), 1_000_000)

    assert list(absences([killed, successor], NAMES)) == []


def test_an_order_waits_for_its_own_queue_alone() -> None:
    some = alive(replace(ABLE, queues=("orders", "deck")))

    assert list(obstacles(some, "deck")) == []
    assert [one.partition(";")[0] for one in obstacles(some, "ingram/acme")] == [
        "no worker serves queue ingram"
    ]
    assert list(obstacles([], "deck")) == ["no worker is alive"]


def test_workers_that_do_the_same_share_a_line() -> None:
    many = [replace(ABLE, name=f"w{n}@h") for n in range(7)]
    lines = list(summary(alive(*many, replace(ABLE, queues=("deck",)))))

    assert len(lines) == 2
    assert lines[0].startswith("7: w0@h, w1@h, w2@h, w3@h, w4@h, 2 more: orders")
