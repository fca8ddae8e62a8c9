"""DECK is sent the latest customer of an order, and each only once."""

import json
from typing import Any

from serializers.events.decode import OrderEvent
from tasks.ledger_values import Kind
from tasks.outcomes.errors import TransientError, Unavailable
from tasks.outcomes.outcome import GiveUp
from tasks.planning.plan import link_payload
from tasks.planning.rules import DECK, PlanRules
from tests.defaults import plan_rules
from tests.tasks.fakes import World
from tests.tasks.samples import after, changed, event, release, run_hints, take_in


def linked(second: float, customer: str, **fields: Any) -> OrderEvent:
    return event("customer_linked", second, customer_id=customer, **fields)


def links(*happened: OrderEvent, rules: PlanRules | None = None) -> list[list[str]]:
    plans, _ = after(*happened, rules=rules or plan_rules())
    made = [one for plan in plans for one in plan.deliveries]
    assert all(one.kind is Kind.LINK and one.destination == DECK for one in made)
    assert len({one.id for one in made}) == len(made)
    return [json.loads(one.payload) for one in made]


def test_a_placed_order_is_linked_if_it_has_a_customer() -> None:
    assert links(event("placed", 1, customer_id="C-1")) == [["SO-1", "C-1"]]
    assert links(event("placed", 1)) == []


def test_without_deck_nothing_is_linked() -> None:
    assert links(linked(1, "C-1"), rules=plan_rules(deck=False)) == []


def test_a_customer_given_before_deck_was_in_use_is_linked_when_given_again() -> None:
    world = World(rules=plan_rules(deck=False))
    take_in(world, linked(1, "A"))
    before = world.items_at(DECK)

    world.rules = plan_rules()
    take_in(world, linked(2, "A"))

    assert before == []
    assert [one.payload for one in world.items_at(DECK)] == [link_payload("SO-1", "A")]


def test_the_same_customer_is_not_linked_again() -> None:
    placed = event("placed", 1, customer_id="C-1")

    assert links(placed, linked(2, "C-1")) == [["SO-1", "C-1"]]


def test_a_customer_who_comes_back_is_linked_again() -> None:
    made = links(linked(1, "A"), linked(2, "B"), linked(3, "A"))

    assert [customer for _, customer in made] == ["A", "B", "A"]


def test_an_older_link_does_not_replace_a_newer_one() -> None:
    made = links(linked(2, "B"), linked(1, "A"), linked(3, "B"))

    assert [customer for _, customer in made] == ["B"]


def test_decks_own_number_is_used_where_it_is_known() -> None:
    assert links(linked(1, "A", deck_number="D-9")) == [["D-9", "A"]]


def test_an_event_that_does_not_name_decks_number_leaves_it_as_it_was() -> None:
    placed = event("placed", 1, deck_number="D-9")

    assert links(placed, changed(2, "10:SCH"), linked(3, "A")) == [["D-9", "A"]]


def test_a_customer_is_linked_again_when_deck_knows_the_order_otherwise() -> None:
    made = links(linked(1, "A"), linked(2, "A", deck_number="D-9"))

    assert made == [["SO-1", "A"], ["D-9", "A"]]


def test_a_link_is_kept_as_two_texts() -> None:
    assert link_payload("SO-1", 'Zoë "Z"') == '["SO-1", "Zoë \\"Z\\""]'.encode()


def test_the_link_reaches_deck() -> None:
    world = World()
    take_in(world, linked(1, "A", deck_number="D-9"))

    run_hints(world)

    assert world.deck.links == [("D-9", "A")]


def test_of_links_that_wait_only_the_latest_is_made() -> None:
    world = World()
    take_in(world, linked(1, "A"), linked(2, "B"), linked(3, "C"))

    run_hints(world)

    assert world.deck.links == [("SO-1", "C")]
    assert [one.state for one in world.items_at(DECK)] == [
        "superseded",
        "superseded",
        "done",
    ]


def made_again(world: World, *errors: Exception | None) -> None:
    """Take a link in and try it as often as it fails, each pause waited for."""
    world.deck.errors = list(errors)
    take_in(world, linked(1, "A"))
    run_hints(world)
    for _ in errors:
        world.clock.pass_seconds(3_600)
        release(world)


def test_a_link_that_was_taken_is_only_looked_for() -> None:
    world = World()
    missing = TransientError("not there", code="read_back")

    made_again(world, missing, Unavailable("?", code="read_back_timeout"), None)

    assert world.deck.looks == [("SO-1", "A")] * 2
    assert world.deck.links == []
    assert [one.state for one in world.items_at(DECK)] == ["done"]


def test_a_link_that_was_not_taken_is_made_again() -> None:
    world = World()

    made_again(world, Unavailable("?", code="http_503"), None)

    assert world.deck.looks == []
    assert world.deck.links == [("SO-1", "A")]


def test_a_link_that_is_never_there_is_given_up_with_what_was_found() -> None:
    world = World()
    found = "its order history has CustomerID -100"
    missing = TransientError(f"DECK took the link, but {found}", code="read_back")

    made_again(world, *[missing] * 4)

    [item] = world.items_at(DECK)
    last = item.outcomes[-1]
    assert (item.state, world.deck.looks) == ("dead", [("SO-1", "A")] * 3)
    assert isinstance(last, GiveUp)
    assert found in last.reason
    assert last.reason.endswith("(the last of 4 attempts)")
    assert last.code == "read_back"
    assert not last.ambiguous
