"""Which account and which site an event chooses, and what is refused."""

from dataclasses import replace
from typing import Any

import pytest

from serializers.events.event import OrderEvent
from serializers.order_record import Order
from tasks.ledger_values import Held, Kind, WatchMove
from tasks.outcomes.errors import PermanentError
from tasks.planning.plan import Plan, link_payload, plan
from tasks.planning.rules import PlanRules
from tasks.planning.watches import watch_changes
from tests.tasks.fakes import RULES, START_MS
from tests.tasks.samples import after, changed, event

TWO = replace(
    RULES,
    accounts=frozenset({"default", "dach"}),
    sites=frozenset({"default", "us"}),
)
#: What is set beside the maps is only what the others share.
NAMED = replace(TWO, accounts=frozenset({"dach"}), sites=frozenset({"us"}))


def watched_at(planned: Plan, rules: PlanRules = TWO) -> list[tuple[str, str]]:
    kind = event("placed").type
    moves = watch_changes(planned, kind, rules)
    return [(one.move.value, one.destination) for one in moves]


def placed(second: float = 0.0, **fields: Any) -> Plan:
    plans, _ = after(event("placed", second, purchase_order="PO", **fields), rules=TWO)
    return plans[0]


def test_an_order_is_watched_and_linked_where_its_event_says() -> None:
    made = placed(westcon_account="dach", deck_site="us", customer_id="C-1")

    assert watched_at(made) == [("start", "westcon/dach")]
    (link,) = made.deliveries
    assert (link.destination, link.id.rpartition(".")[2]) == ("deck/us", "us")
    assert (made.order.account, made.order.site) == ("dach", "us")


@pytest.mark.parametrize(
    "named",
    [
        event("placed", 2, deck_site="us"),
        changed(2, "10:SCH", deck_site="us"),
        event("placed", -2, deck_site="us", customer_id="OLD"),
    ],
)
def test_an_order_that_is_moved_to_another_site_is_linked_there(
    named: OrderEvent,
) -> None:
    first = event("placed", 0, customer_id="C-1", purchase_order="PO")

    plans, held = after(first, named, rules=TWO)

    order = held.order
    assert order is not None
    assert (order.site, order.customer_id) == ("us", "C-1")
    (link,) = (one for one in plans[1].deliveries if one.kind is Kind.LINK)
    assert (link.destination, link.payload) == ("deck/us", link_payload("SO-1", "C-1"))


@pytest.mark.parametrize("name", ["", "default"])
def test_the_account_and_the_site_default_are_called_as_they_were(name: str) -> None:
    made = placed(westcon_account=name, deck_site=name, customer_id="C-1")

    assert watched_at(made) == [("start", "westcon")]
    (link,) = made.deliveries
    assert (link.destination, link.id.rpartition(".")[2]) == ("deck", "deck")
    # As the records of the release before have it.
    assert (made.order.account, made.order.site) == ("", "")


def test_an_event_that_names_none_leaves_the_order_where_it_is() -> None:
    first = event("placed", purchase_order="PO", westcon_account="dach", deck_site="us")
    linked = event("customer_linked", 2, customer_id="C-1")

    plans, held = after(first, changed(1, "10:SCH"), linked, rules=TWO)

    assert held.order is not None
    assert (held.order.account, held.order.site) == ("dach", "us")
    assert watched_at(plans[1]) == [("look", "westcon/dach")]
    assert [one.destination for one in plans[2].deliveries] == ["deck/us"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"westcon_account": "dahc"}, "account is called dahc, did you mean dach?"),
        ({"westcon_account": "DACH"}, "did you mean dach?"),
        ({"deck_site": "moon"}, "site is called moon, there are default, us"),
    ],
)
@pytest.mark.parametrize("kind", ["placed", "status_changed", "customer_linked"])
def test_a_name_that_nobody_has_is_refused_with_the_nearest(
    kind: str, fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(PermanentError, match="data") as refused:
        after(event(kind, **fields), rules=TWO)

    assert words in str(refused.value)
    assert refused.value.code == "unknown_name"


def test_of_a_partner_that_is_not_in_use_any_name_will_do() -> None:
    bare = replace(TWO, westcon=False, deck=False)

    plans, _ = after(event("placed", westcon_account="x", deck_site="y"), rules=bare)

    assert plans[0].watch is WatchMove.NONE


def test_where_no_account_is_default_an_order_must_name_one() -> None:
    with pytest.raises(PermanentError, match="there are dach"):
        after(event("placed", purchase_order="PO"), rules=NAMED)
    with pytest.raises(PermanentError, match=r"data\.deck\.site: missing"):
        after(event("customer_linked", customer_id="C"), rules=NAMED)

    # What is neither watched nor linked needs none.
    plans, _ = after(changed(0, "10:SHI"), rules=NAMED)
    assert plans[0].deliveries


def test_an_order_whose_account_is_gone_from_the_settings_is_still_notified() -> None:
    order = Order("SO-1", purchase_order="PO", placed_ms=START_MS, account="uk")

    made = plan(changed(1, "10:SHI"), f"{START_MS}-0", Held(order, 1), TWO, START_MS)

    assert made.deliveries
    again = event("placed", 2, purchase_order="PO")
    with pytest.raises(PermanentError, match="at account uk, which is not in"):
        plan(again, f"{START_MS}-1", Held(order, 1), TWO, START_MS)


def test_an_order_that_moves_to_another_site_is_linked_there() -> None:
    first = event("placed", purchase_order="PO", customer_id="C-1")
    moved = event("placed", 1, purchase_order="PO", deck_site="us")
    again = event("placed", 2, purchase_order="PO", deck_site="us", customer_id="C-1")

    plans, _ = after(first, moved, again, rules=TWO)

    made = [[one.destination for one in planned.deliveries] for planned in plans]
    assert made == [["deck"], ["deck/us"], []]
