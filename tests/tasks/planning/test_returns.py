"""`order.returned`: what came back is kept, and each growth of it notified once."""

import json
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from serializers.events.decode import EventLine, OrderEvent
from serializers.order_record import Return
from tasks.ledger_values import Held, WatchMove
from tasks.planning.plan import Plan
from tasks.planning.returns import join_returns
from tests.defaults import endpoint_rule, plan_rules
from tests.tasks.fakes import RULES
from tests.tasks.samples import after, event, line, order

#: Line numbers and quantities of one event after the other, as they may be written.
REPORTS = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from("123"), st.sampled_from(("-1", "0", "0.5", "2", "10"))
        ),
        min_size=1,
        max_size=4,
    ),
    max_size=5,
)


def returned(second: float, *reported: tuple[str, str], **fields: Any) -> OrderEvent:
    lines = [EventLine(number, quantity=much) for number, much in reported]
    return event("returned", second, lines, **fields)


def reported(plan: Plan) -> list[dict[str, Any]]:
    (resource,) = json.loads(plan.deliveries[0].payload)["resource"]
    assert resource["eventType"] == "im::order_returned"
    lines: list[dict[str, Any]] = resource["lines"]
    return lines


def test_receivers_are_notified_of_what_came_back_under_the_lines_own_names() -> None:
    seen = Held(order(lines=(line("INV", part="IM-1", vendor_part="WC-1"),)), 4)

    (plan,), held = after(returned(1, ("10", "2")), held=seen)

    assert reported(plan) == [
        {
            "LineNumber": "10",
            "subOrderNumber": line().sub_order,
            "lineStatus": "IM::returned",
            "ingramPartNumber": "IM-1",
            "vendorPartNumber": "WC-1",
            "returnedQuantity": "2",
        }
    ]
    assert held.order is not None
    assert held.order.returns == (Return("10", "2"),)
    assert held.order.lines == seen.order.lines if seen.order else ()


def test_a_return_of_an_order_that_is_known_no_more_is_notified_all_the_same() -> None:
    (plan,), held = after(returned(1, ("10", "2")))

    assert [one["LineNumber"] for one in reported(plan)] == ["10"]
    assert plan.watch is WatchMove.NONE
    assert held.order is not None
    assert held.order.lines == ()


def test_what_is_known_already_is_notified_to_nobody() -> None:
    first, again = returned(1, ("10", "2"), ("20", "1")), returned(2, ("10", "2"))
    more = returned(3, ("10", "3"), ("20", "1"))

    plans, _ = after(first, again, more)

    assert plans[1].deliveries == ()
    assert [
        (one["LineNumber"], one["returnedQuantity"]) for one in reported(plans[2])
    ] == [("10", "3")]


def test_two_returns_are_never_notified_under_one_id() -> None:
    plans, _ = after(returned(1, ("10", "1")), returned(2, ("10", "2")))

    ids = {one.id for plan in plans for one in plan.deliveries}
    assert len(ids) == sum(len(plan.deliveries) for plan in plans)


def test_an_endpoints_filter_holds_for_returns_as_for_any_event_type() -> None:
    rules = plan_rules(
        endpoints={
            "all": endpoint_rule(),
            "shipped": endpoint_rule(events=frozenset({"im::order_shipped"})),
            "back": endpoint_rule(events=frozenset({"im::order_returned"})),
        }
    )

    (plan,), _ = after(returned(1, ("10", "2")), rules=rules)

    assert [one.destination for one in plan.deliveries] == ["ingram/all", "ingram/back"]


def test_a_cancelled_orders_goods_can_come_back_too() -> None:
    plans, held = after(event("cancelled", 2), returned(1, ("10", "2")), rules=RULES)

    assert reported(plans[1])
    assert held.order is not None
    assert held.order.cancelled


@given(reports=REPORTS, data=st.data())
def test_repeats_and_disorder_come_to_the_same_and_quantities_only_grow(
    reports: list[list[tuple[str, str]]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(reports + reports[:2]))

    ends = []
    for some in (reports, shuffled):
        known: tuple[Return, ...] = ()
        for report in some:
            lines = [EventLine(number, quantity=much) for number, much in report]
            before, (known, grown) = known, join_returns(known, lines)
            amounts = {one.line_number: Decimal(one.quantity) for one in before}
            for one in grown:
                assert Decimal(one.quantity) > amounts.get(one.line_number, 0)
            assert len(grown) == len(set(known) - set(before))
        ends.append(known)

    assert ends[0] == ends[1]
