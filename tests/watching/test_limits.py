"""What Westcon's gateway asks for holds for all workers, and costs no attempts."""

import json
from dataclasses import replace
from typing import Any, cast

import pytest

from sandbox.http.fault import Fault
from tasks.concurrency import by_name
from tasks.ledger_values import Hint
from tasks.outcomes.outcome import Again, Done, Later
from tasks.planning.rules import WESTCON
from tasks.services import Services
from tests.ledger import acts
from tests.ledger.clock import room_of
from tests.tasks.fakes import FakeHints
from tests.watching.site import WIDE, Site
from workers.dispatch.slots import Slots
from workers.ledger.gates import Gates
from workers.ledger.views.gates import gate_states
from workers.steps.release import Release

DAY_MS = 86_400_000
#: As API Management words them.
QUOTA = "Out of call volume quota. Quota will be replenished in 5.03:23:11."
RATE = "Rate limit is exceeded. Try again in 60 seconds."
KEY = "Access denied due to invalid subscription key."


def gateway(status: int, message: str, **headers: Any) -> Fault:
    body = json.dumps({"statusCode": status, "message": message})
    return Fault.status(status, body, **headers)


def refuse(site: Site, fault: Fault, times: int | None = 1) -> None:
    site.sandbox.faults.order("westcon.order_status", fault, times=times)


def calls(site: Site) -> int:
    return site.sandbox.journal.count("westcon.order_status")


def release(site: Site, worker: Services) -> list[Hint]:
    """What a worker's Release hints at in one round, for Westcon."""
    sent, known = FakeHints(), by_name(WIDE)
    most = room_of(known).most_leased
    gates = cast("Gates", worker.gates)
    slots, claims = Slots(8), site.world.claims
    Release(claims, gates, sent, known, most, 1.0, lambda _: 0.1, slots).turn()
    return [hint for hint in sent.sent if hint.claims and hint.destination == WESTCON]


def claimed(hints: list[Hint]) -> int:
    return sum(len(hint.claims) for hint in hints)


def test_a_spent_quota_keeps_every_worker_waiting_for_a_day_at_a_time(
    site: Site,
) -> None:
    site.sandbox.orders.stepping("61", ["SHI"])
    refuse(site, gateway(403, QUOTA))
    meeting, other = site.worker(), site.worker()
    policy = replace(meeting.policies[WESTCON], retry_after_max=86_400.0)
    meeting = replace(meeting, policies={WESTCON: policy})

    report = site.polled(site.watch("1"), meeting)

    (outcome,) = report.outcomes.values()
    assert isinstance(outcome, Later)
    assert (outcome.after, outcome.code) == (86_400.0, "http_403")
    assert acts.field(site.world, "watch:westcon:1", "tries", "1") == "0"
    site.world.clock.advance(DAY_MS - 1)
    assert release(site, other) == []
    site.world.clock.advance(1)
    (hint,) = release(site, other)
    assert site.polled(hint, other).outcomes == {"watch:westcon:1": Done()}
    assert calls(site) == 2


def test_after_a_long_rest_one_call_goes_first_whatever_is_due(site: Site) -> None:
    numbers = [str(n) for n in range(30)]
    for number in numbers:
        site.sandbox.orders.stepping(f"6{number}", ["SHI"])
    refuse(site, gateway(429, RATE, retry_after=60))
    hint = site.watch(*numbers)

    site.polled(hint)
    site.world.clock.advance(60_000)
    one, other = site.worker(), site.worker()
    (first,) = release(site, one)
    held = release(site, other)
    site.polled(first, one)
    rest = release(site, other)

    assert len(first.claims) == 10
    assert held == []
    assert claimed(rest) == 20


def test_a_refused_subscription_key_costs_one_call_every_quarter_of_an_hour(
    site: Site,
) -> None:
    numbers = [str(n) for n in range(30)]
    for number in numbers:
        site.sandbox.orders.stepping(f"6{number}", ["SHI"])
    refuse(site, gateway(401, KEY), times=None)
    waiting = [site.watch(*numbers)]

    for _ in range(4):
        for hint in waiting:
            site.polled(hint)
        site.world.clock.advance(899_999)
        assert release(site, site.worker()) == []
        site.world.clock.advance(1)
        waiting = release(site, site.worker())

    state = gate_states(site.world.redis, [WESTCON], site.world.clock.now_ms)[WESTCON]
    assert calls(site) == 4
    assert site.sandbox.journal.count("token.microsoft") == 1
    assert (state.why, state.breaker) == ("subscription_key", True)
    assert site.left() == 30
    site.sandbox.faults.clear()
    for hint in waiting:
        site.polled(hint)
    rest = release(site, site.worker())
    assert claimed(rest) == 20


@pytest.mark.parametrize("fault", [Fault.status(503), Fault.drop()])
def test_a_westcon_that_is_down_is_asked_less_and_less_and_then_probed(
    site: Site, fault: Fault
) -> None:
    site.sandbox.orders.stepping("61", ["SHI"])
    refuse(site, fault, times=None)
    site.watch("1")
    site.pass_lease()
    breaker = next(one for one in WIDE if one.name == WESTCON).breaker_failures

    for _ in range(breaker):
        report = site.polled(site.claim())
        (outcome,) = report.outcomes.values()
        assert isinstance(outcome, Again)
        site.world.clock.advance(int(outcome.after * 1000) + 1)

    assert release(site, site.worker()) == []
    site.world.clock.advance(30_000)
    (hint,) = release(site, site.worker())
    site.sandbox.faults.clear()
    assert site.polled(hint).outcomes == {"watch:westcon:1": Done()}
    assert calls(site) == breaker + 1
