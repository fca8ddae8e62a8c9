"""An order is looked at now, or given up, by one script with its results and entry."""

from dataclasses import replace

import pytest

from serializers.order_record import Order
from serializers.reconcile.finding import Act, Kind, Repair
from serializers.timeline.codes import Code, note
from tasks.amendment import Amendment
from tasks.ledger_values import WatchMove
from tasks.outcomes.outcome import Later
from tests.ledger import acts
from tests.ledger.audited import done
from tests.ledger.clock import World
from tests.ledger.results_book import told
from workers.ledger import keys
from workers.ledger.acts.gates import open_gate
from workers.ledger.acts.orders import Done, OrderActs
from workers.ledger.acts.revisions import Revisions
from workers.ledger.audit.actor import Actor
from workers.ledger.reconcile.repairs import Repairs

JANE = Actor("jane", "sold elsewhere")
WATCH, OTHER = "watch:westcon:SO-1", "watch:westcon:SO-2"


@pytest.fixture
def orders(world: World) -> OrderActs:
    return OrderActs(world.scripts, world.retention, world.places)


def reasons(world: World, kind: str) -> list[str]:
    """The reasons of the results of a type."""
    found = [one.data for one in told(world) if one.type == kind]
    return [str(data.get("reason", "")) for data in found]


def whats(world: World) -> list[str]:
    return [one.stated("what") for one in done(world.redis)]


def test_an_abandoned_order_has_nothing_left_that_goes_on(
    world: World, orders: OrderActs
) -> None:
    acts.fill(world, "ingram/acme")
    acts.watch(world)
    acts.admit(world, acts.notification("N1"), acts.notification("N2"))
    acts.dead(world, acts.link("L1"))
    refs = ["delivery:N1", "delivery:N2", "delivery:L1"]

    done = orders.abandon("SO-1", refs, JANE)
    again = orders.abandon("SO-1", refs, JANE)

    assert (done, again) == (Done("abandoned", 1, 3), Done("ended"))
    assert {acts.state(world, ref) for ref in refs} == {"discarded"}
    assert acts.state(world, WATCH) == "ended"
    assert acts.field(world, WATCH, "open") == "0"
    assert world.letters.count() == 0
    assert note(Code.ABANDONED, "sold elsewhere") in acts.timeline(world, "SO-1")
    assert reasons(world, "order.finished") == ["abandoned"]
    assert (
        reasons(world, "notification.failed")
        == ["its order was abandoned: sold elsewhere"] * 2
    )
    assert len(reasons(world, "dead_letter.discarded")) == 1
    assert whats(world) == ["order.abandoned"]


def test_a_look_under_way_makes_nothing_of_an_abandoned_order(
    world: World, orders: OrderActs
) -> None:
    """Its answer comes later, and would tell receivers of what was given up."""
    hint = acts.sent(world, acts.watch(world))
    seen = acts.seen(world, hint, acts.notification("N1"), order=Order("SO-1"))
    look = replace(seen, asked_ms=world.clock.now_ms)

    orders.abandon("SO-1", [], JANE)
    world.ledger.advance(hint, "run", [look])

    assert not world.redis.exists(keys.item(keys.prefix(0), "delivery:N1"))
    assert acts.state(world, WATCH) == "ended"


def test_an_order_that_was_abandoned_is_not_watched_for_what_another_one_has_found(
    world: World, orders: OrderActs
) -> None:
    acts.watch(world)
    orders.abandon("SO-1", [], JANE)

    amended = [_assign(world, number) for number in ("7001", "7002")]

    assert amended == [True, True]
    assert acts.state(world, WATCH) == "ended"
    acts.watch(world)
    assert _assign(world, "7003")
    assert acts.field(world, WATCH, "look_again") == "1"


@pytest.mark.parametrize("act", [Act.POLL, Act.LINK])
def test_a_plan_that_is_older_than_an_abandon_repairs_nothing_of_the_order(
    world: World, orders: OrderActs, act: Act
) -> None:
    acts.watch(world)
    (held,) = world.ledger.orders(["SO-1"])
    assert held.order is not None
    repairs = Repairs(world.scripts, world.retention, world.places, "plan")
    repair, known = Repair(act, "SO-1", why="missing"), (held.order, held.version)
    orders.abandon("SO-1", [], JANE)

    if act is Act.POLL:
        answer = repairs.poll(repair, Kind.NOT_WATCHED, *known, "westcon")
    else:
        answer = repairs.deliver(repair, Kind.NOT_WATCHED, *known, (acts.link(),))

    assert answer == "stale"
    assert acts.state(world, WATCH) == "ended"
    assert acts.state(world, "delivery:L1") == ""


def _assign(world: World, number: str) -> bool:
    """What another order's look does, which has found one of Westcon's for this."""
    (held,) = world.ledger.orders(["SO-1"])
    assert held.order is not None
    order = held.order._replace(assigned=(number,))
    return world.ledger.amend(Amendment(order, held.version, (), "whose"))


def test_an_order_that_begins_anew_once_it_was_abandoned_is_looked_at(
    world: World, orders: OrderActs
) -> None:
    acts.watch(world)
    orders.abandon("SO-1", [], JANE)
    hint = acts.sent(world, acts.watch(world))
    seen = acts.seen(world, hint, acts.notification("N1"), order=Order("SO-1"))

    world.ledger.advance(hint, "run", [replace(seen, asked_ms=world.clock.now_ms)])

    assert acts.state(world, "delivery:N1") == "leased"


def test_what_is_being_sent_may_arrive_and_is_recorded_then(
    world: World, orders: OrderActs
) -> None:
    hint = acts.sent(world, acts.admit(world, acts.notification("N1")).leased[0])

    orders.abandon("SO-1", ["delivery:N1"], JANE)
    acts.settle(world, hint, acts.DONE)

    assert acts.state(world, "delivery:N1") == "done"


def test_another_orders_delivery_is_left_alone(world: World, orders: OrderActs) -> None:
    acts.watch(world)
    acts.admit(world, acts.notification("N2"), number="SO-2")

    orders.abandon("SO-1", ["delivery:N2"], JANE)

    assert acts.state(world, "delivery:N2", "SO-2") == "leased"


def test_an_order_is_looked_at_now(world: World, orders: OrderActs) -> None:
    hint = acts.sent(world, acts.watch(world))
    under_way = orders.poll("SO-1", JANE)
    assert acts.field(world, WATCH, "look_again") == "1"
    acts.settle(world, hint, acts.AGAIN)
    world.redis.zadd(keys.due(keys.prefix(0), "westcon"), {WATCH: acts.LATEST_MS})

    waiting = orders.poll("SO-1", JANE)

    assert (under_way, waiting) == (Done("polled", 1), Done("polled", 1))
    due = world.redis.zscore(keys.due(keys.prefix(0), "westcon"), WATCH)
    assert due == world.clock.now_ms
    assert note(Code.POLLED) in acts.timeline(world, "SO-1")
    assert whats(world) == ["order.polled"] * 2


def test_what_nobody_watches_is_not_looked_at(world: World, orders: OrderActs) -> None:
    acts.admit(world, acts.notification("N1"))
    acts.admit(world, number="SO-2", watch=WatchMove.START)
    hint = acts.claim_back(world, "westcon")
    acts.settle(world, acts.sent(world, hint), acts.GIVE_UP)

    words = [orders.poll(order, JANE).word for order in ("SO-1", "SO-2", "SO-3")]

    assert words == ["ended", "dead", "gone"]
    assert whats(world) == []


def test_a_gate_that_is_opened_lets_one_call_go(world: World) -> None:
    world.gates.close("westcon", 3600.0, "http_429")

    opened = [open_gate(world.scripts, "westcon", 1, JANE) for _ in range(2)]
    grants = [world.gates.ask("westcon", 5).calls for _ in range(2)]

    assert opened == ["opened", "trial"]
    assert grants == [1, 0]
    assert not world.gates.is_closed("westcon")
    assert whats(world) == ["gate.opened"]


def test_what_met_a_closed_gate_goes_when_it_is_opened(world: World) -> None:
    for number in ("SO-1", "SO-2"):
        acts.admit(world, number=number, watch=WatchMove.START)
        hint = acts.sent(world, acts.claim_back(world, "westcon"))
        acts.settle(world, hint, Later(900.0, "subscription_key", ""))
    assert open_gate(world.scripts, "westcon", 1, JANE) == "open"
    assert acts.due_in(world, "westcon", WATCH) > 0
    world.gates.close("westcon", 900.0, "subscription_key")

    opened = open_gate(world.scripts, "westcon", 1, JANE)

    assert opened == "opened"
    assert acts.due_in(world, "westcon", WATCH) <= 0
    assert acts.due_in(world, "westcon", OTHER) > 0


def test_a_corrected_delivery_goes_under_its_own_id_and_the_letter_stays(
    world: World,
) -> None:
    revisions = Revisions(world.scripts, world.retention, world.places)
    acts.dead(world, acts.notification("N1"))

    words = [
        revisions.revise("delivery:N1", "SO-1", "R1", b"mended", JANE) for _ in range(2)
    ]

    assert words == ["revised", "known"]
    assert acts.state(world, "delivery:N1") == "dead"
    assert acts.field(world, "delivery:N1", "corrected") == "delivery:R1"
    assert acts.field(world, "delivery:R1", "payload") == "mended"
    assert acts.state(world, "delivery:R1") == "due"
    expected = note(Code.REVISED, "delivery:N1", "delivery:R1")
    assert expected in acts.timeline(world, "SO-1")
    assert whats(world) == ["delivery.revised"]


def test_a_letter_knows_its_revision_longer_than_that_is_kept(world: World) -> None:
    revisions = Revisions(world.scripts, world.retention, world.places)
    acts.dead(world, acts.notification("N1"))
    revisions.revise("delivery:N1", "SO-1", "R1", b"mended", JANE)
    hint = acts.claim(world, "ingram/acme")
    acts.settle(world, acts.sent(world, hint), acts.DONE)
    world.redis.delete(keys.item(keys.prefix(0), "delivery:R1"))

    word = revisions.revise("delivery:N1", "SO-1", "R1", b"mended", JANE)

    assert word == "known"
    assert acts.state(world, "delivery:R1") == ""
    assert whats(world) == ["delivery.revised"]


def test_a_corrected_link_does_not_pass_a_newer_one(world: World) -> None:
    revisions = Revisions(world.scripts, world.retention, world.places)
    acts.dead(world, acts.link("L1"))
    acts.admit(world, acts.link("L2"))

    word = revisions.revise("delivery:L1", "SO-1", "R1", b"[]", JANE)

    assert word == "refused"
    assert acts.state(world, "delivery:L2") in {"due", "leased"}
