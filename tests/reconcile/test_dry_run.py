"""`waybill reconcile apply --dry-run` answers as the act would, and changes nothing."""

from collections.abc import Sequence
from typing import Any

from serializers.reconcile.finding import Act, Finding
from tests.ledger.layouts import decided, moved
from tests.reconcile.conftest import Planned
from tests.redis_servers import ONE_REDIS
from tests.waybill.terminal import Terminal
from waybill.connect import opened
from waybill.reconcile.trial import Trial
from workers.ledger import keys
from workers.ledger.layout.stages import settled

pytestmark = ONE_REDIS


def tried(planned: Planned, some: Sequence[Finding]) -> list[str]:
    with opened(planned.environ) as ledger:
        trial = Trial(ledger, "plan")
        return [trial.make(one) for one in some]


def contents(planned: Planned) -> dict[Any, Any]:
    names = sorted(planned.client.scan_iter(count=1000))
    pipeline = planned.client.pipeline(transaction=False)
    for name in names:
        pipeline.dump(name)
    return dict(zip(names, pipeline.execute(), strict=True))


def forget_orders(planned: Planned) -> None:
    root = keys.prefix(0)
    for key in planned.client.scan_iter(keys.record(root, "*")):
        planned.client.delete(key)


def give_up_orders(planned: Planned) -> None:
    """Each watch becomes a dead letter, and each delivery that would be made."""
    root = keys.prefix(0)
    for one in planned.repairs:
        if order := one.repair.order:
            planned.client.hset(keys.order(root, order), "state", "dead")


def busy_lanes(planned: Planned) -> None:
    """Another link waits before each that would be made."""
    for one in planned.repairs:
        if order := one.repair.order:
            lane = keys.lane(keys.prefix(0), order, "deck")
            planned.client.rpush(lane, "delivery:other")


def decide_letters(planned: Planned) -> None:
    letters = planned.filler.parts.dead_letters
    for one in letters.all():
        letters.discard(one.id)


def decide_nothing(_: Planned) -> None:
    """The ledger is as the plan has found it."""


HAPPENED = (
    decide_nothing,
    forget_orders,
    give_up_orders,
    busy_lanes,
    decide_letters,
    Planned.die_again,
)


def test_a_trial_answers_as_the_act_would_whatever_has_happened(
    planned: Planned,
) -> None:
    kinds = {(one.repair.act, one.kind): one for one in planned.repairs}
    met = set[tuple[Act, str]]()
    for happened in HAPPENED:
        for one in kinds.values():
            planned.restore()
            happened(planned)
            before = contents(planned)

            (trial,) = tried(planned, [one])
            unchanged = contents(planned) == before
            (made,) = planned.apply([one])

            assert unchanged
            assert trial == {"made": "would"}.get(made, made), (one, happened)
            # Whatever was made is known.
            assert tried(planned, [one]) == planned.apply([one])
            met.add((one.repair.act, trial))

    assert {act for act, word in met if word == "would"} == set(Act)
    assert {"would", "gone", "dead", "busy"} <= {word for _, word in met}


def test_after_a_repartition_a_trial_is_refused_as_the_act_is(
    planned: Planned,
) -> None:
    waybill, plan = Terminal(planned.environ), str(planned.plan)
    decided(planned.client, settled(moved(planned.client, 2), 1))

    trial, act = (
        waybill("reconcile", "apply", plan, *more) for more in (("--dry-run",), ())
    )

    assert (trial.exit_code, trial.stderr) == (act.exit_code, act.stderr)
    assert "plan it anew" in trial.stderr


def test_what_was_made_is_not_said_to_be_made_again(planned: Planned) -> None:
    waybill, plan = Terminal(planned.environ), str(planned.plan)
    before = waybill("reconcile", "apply", plan, "--dry-run")
    waybill("reconcile", "apply", plan)

    after = waybill("reconcile", "apply", plan, "--dry-run")

    assert "would be made" in before.stdout
    assert (after.exit_code, "would be made" in after.stdout) == (0, False)
    assert "made before" in after.stdout
