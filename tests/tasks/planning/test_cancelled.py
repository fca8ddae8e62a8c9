"""`order.cancelled`: the watch ends, open lines are void, only newer events revive."""

import json

from serializers.events.decode import OrderEvent
from serializers.order_record import Line
from serializers.timeline.codes import Code, note
from tasks.ledger_values import Held, WatchMove
from tasks.planning.plan import Plan
from tests.tasks.samples import after, changed, event, line, order


def placed(second: float) -> OrderEvent:
    return event("placed", second, purchase_order="PO-7")


def cancelled(second: float) -> OrderEvent:
    return event("cancelled", second)


def voided(plan: Plan) -> list[str]:
    (resource,) = json.loads(plan.deliveries[0].payload)["resource"]
    assert resource["eventType"] == "im::order_voided"
    return [each["LineNumber"] for each in resource["lines"]]


def with_lines(*lines: Line) -> Held:
    return Held(order(lines=lines), 4)


def test_a_cancelled_order_ends_its_watch_and_voids_its_open_lines() -> None:
    seen = with_lines(line("SCH"), line("INV", "20"))

    (plan,), _ = after(cancelled(1), held=seen)

    assert plan.watch is WatchMove.END
    assert plan.order.cancelled
    assert voided(plan) == ["10"]


def test_an_order_that_nobody_knows_can_be_cancelled() -> None:
    (plan,), held = after(cancelled(1))

    assert voided(plan) == []
    assert held.order is not None
    assert held.order.cancelled


def test_cancelling_twice_is_reported_once() -> None:
    plans, _ = after(cancelled(1), cancelled(2))

    assert (plans[1].watch, plans[1].deliveries) == (WatchMove.END, ())
    assert note(Code.CANCELLED_ALREADY) in plans[1].notes


def test_an_older_placing_does_not_revive() -> None:
    plans, held = after(cancelled(2), placed(1))

    assert plans[1].watch is WatchMove.NONE
    assert note(Code.NOT_WATCHED) in plans[1].notes
    assert held.order is not None
    assert held.order.cancelled


def test_a_newer_placing_revives() -> None:
    plans, held = after(cancelled(1), placed(2))

    assert plans[1].watch is WatchMove.START
    assert held.order is not None
    assert not held.order.cancelled


def test_an_older_cancelling_does_not_end_what_was_placed_anew() -> None:
    plans, held = after(placed(2), cancelled(1))

    assert (plans[1].watch, plans[1].deliveries) == (WatchMove.NONE, ())
    assert note(Code.OUTDATED) in plans[1].notes
    assert held.order is not None
    assert not held.order.cancelled


def test_events_of_one_moment_are_distinguished_by_their_entries() -> None:
    _, held = after(placed(1), cancelled(1))
    _, other = after(cancelled(1), placed(1))

    assert held.order is not None
    assert other.order is not None
    assert (held.order.cancelled, other.order.cancelled) == (True, False)


def test_an_order_can_be_cancelled_again_after_its_revival() -> None:
    plans, _ = after(cancelled(1), placed(2), cancelled(3))

    ids = {plans[0].deliveries[0].id, plans[2].deliveries[0].id}
    assert len(ids) == 2


def test_a_status_from_before_the_cancelling_is_not_notified_after_it() -> None:
    plans, held = after(changed(1, "10:SCH"), cancelled(3), changed(2, "10:SHI"))

    assert (plans[2].watch, plans[2].deliveries) == (WatchMove.NONE, ())
    assert note(Code.NOT_NOTIFIED) in plans[2].notes
    assert held.order is not None
    assert [one.status for one in held.order.lines] == ["SCH"]


def test_a_status_from_after_the_cancelling_is_the_newest_word() -> None:
    plans, _ = after(cancelled(1), changed(2, "10:SHI"))

    (resource,) = json.loads(plans[1].deliveries[0].payload)["resource"]
    assert resource["eventType"] == "im::order_shipped"
