"""Blockers of a delivery that is not the first of its lane."""

from tasks.ledger_values import Hint
from tasks.outcomes.outcome import Again
from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal, ledger_of, with_fields
from tests.waybill.test_explain_waits import ACME, N1, blockers, delivery


def test_a_delivery_behind_another_names_it(ledger: World, waybill: Terminal) -> None:
    acts.admit(ledger, acts.notification("N1"), acts.notification("N2"))
    hint = Hint(ACME, 0, (acts.hint(ACME, N1, 1).claims[0],))
    acts.settle(ledger, acts.sent(ledger, hint), Again(7200.0, "busy", "http_503"))

    [blocker] = delivery(waybill, "delivery:N2")["blockers"]

    assert (blocker["code"], blocker["item"]) == ("lane", N1)
    assert "the last failed with http_503" in waybill("explain", "SO-1").stdout
    assert delivery(waybill)["last_failure"] == "http_503"
    assert blockers(waybill) == {}


def test_a_delivery_behind_a_dead_letter_that_holds_states_how_to_go_on(
    ledger: World, waybill: Terminal
) -> None:
    holds = with_fields(waybill, after_dead_letter="hold")
    world = ledger_of(ledger.redis, {**waybill.environ, **holds})
    hint = acts.admit(world, acts.notification("N1"), acts.notification("N2")).leased[0]
    begun = acts.sent(world, hint)
    world.ledger.settle(begun, "run", [acts.settlement(begun, acts.GIVE_UP)])

    held = blockers(waybill, "delivery:N2", **holds)["held"]
    dead = blockers(waybill, **holds)["dead"]

    assert held["item"] == N1
    assert f"`waybill dead-letters replay {N1}`" in held["says"]
    assert "it is a dead letter (refused)" in dead["says"]


def test_a_dead_letter_that_holds_nothing_is_still_undelivered(
    ledger: World, waybill: Terminal
) -> None:
    acts.admit(ledger, acts.notification("N1"))
    hint = acts.sent(ledger, acts.hint(ACME, N1, 1))
    ledger.ledger.settle(hint, "run", [acts.settlement(hint, acts.GIVE_UP)])

    assert delivery(waybill)["state"] == "dead"
    assert "it is a dead letter (refused)" in blockers(waybill)["dead"]["says"]
    ledger.letters.discard(N1)
    assert waybill.json("explain", "SO-1")["deliveries"] == []


def test_a_held_lane_is_found_although_its_destination_is_not_in_the_settings(
    ledger: World, waybill: Terminal
) -> None:
    """A destination without due or leased items is not in the ledger's set."""
    acts.admit(ledger, acts.notification("N1", "gone"), acts.notification("N2", "gone"))
    root = acts.root(ledger)
    ledger.redis.zrem(f"{root}due:ingram/gone", N1)
    ledger.redis.hset(root + N1, "state", "dead")
    ledger.redis.srem(f"{root}destinations", "ingram/gone")

    assert blockers(waybill, "delivery:N2")["held"]["item"] == N1
