"""Looking at several orders in one call, and recording each on its own."""

from tasks.ledger_values import Hint
from tasks.outcomes.errors import Throttled, Unavailable
from tasks.outcomes.outcome import Done
from tasks.planning.rules import WESTCON
from tasks.polling.inquiry import ALONE_FROM
from tasks.polling.poll import poll
from tests.tasks.fakes import ACME, World
from tests.tasks.known_orders import known, numbered, states
from tests.tasks.samples import order, reported, watched


def test_orders_of_one_type_are_asked_for_in_one_call() -> None:
    world = World()
    hint = known(world, *(numbered(n) for n in range(3)))

    report = poll(world.westcon, hint, world.services())

    assert report.counts() == {"done": 3}
    assert world.westcon.asked == [("W", ("600", "601", "602"))]
    assert world.ledger.trips == ["begin", "advance"]
    assert world.gates.reported == [("served", WESTCON)]
    assert [hint.destination for hint in world.hints.sent].count(ACME) == 3


def test_a_look_sets_the_next_one() -> None:
    world = World()

    poll(world.westcon, known(world, numbered(0)), world.services())

    watch = world.ledger.watch("SO-0")
    assert (watch.state, watch.due_ms) == ("due", world.clock.ms + 45_000)


def test_a_finished_order_leaves_the_watch() -> None:
    world = World()

    poll(world.westcon, known(world, numbered(0), status="INV"), world.services())

    assert states(world, 1) == ["ended"]


def test_orders_of_both_types_are_asked_for_in_two_calls() -> None:
    world = World()
    by_purchase_order = order(purchase_order="PO-7")._replace(number="SO-1")
    world.westcon.lines["PO-7"] = (reported("SHI"), reported("SHI", order_number="61"))
    hint = known(world, numbered(0))
    claims = (*hint.claims, *watched(world, by_purchase_order).claims)

    report = poll(world.westcon, Hint(WESTCON, 0, claims), world.services())

    assert report.counts() == {"done": 2}
    assert world.westcon.asked == [("W", ("600",)), ("C", ("PO-7",))]
    assert len(world.ledger.order("SO-1").lines) == 2


def test_several_orders_of_the_erps_may_be_one_order_at_westcon() -> None:
    world = World()
    same = numbered(1)._replace(westcon_number="600")
    hint = known(world, numbered(0), same)

    report = poll(world.westcon, hint, world.services())

    assert report.counts() == {"done": 2}
    assert world.westcon.asked == [("W", ("600",))]
    assert [world.ledger.order(f"SO-{n}").lines[0].status for n in (0, 1)] == [
        "SHI",
        "SHI",
    ]


def test_a_hint_of_many_orders_is_several_calls_each_begun_right_before() -> None:
    world = World()
    hint = known(world, *(numbered(n) for n in range(25)))

    report = poll(world.westcon, hint, world.services())

    assert report.counts() == {"done": 25}
    assert [len(orders) for _, orders in world.westcon.asked] == [10, 10, 5]
    assert world.ledger.trips == ["begin", "advance"] * 3


def test_when_the_gate_closes_the_calls_that_are_left_are_not_made() -> None:
    world = World()
    hint = known(world, *(numbered(n) for n in range(12)))
    world.westcon.errors = [Throttled("slow", code="http_429", retry_after=60.0)]

    report = poll(world.westcon, hint, world.services())

    assert report.counts() == {"later": 10, "handed_back": 2}
    assert len(world.westcon.asked) == 1
    assert states(world, 12) == ["due"] * 12


def test_a_worker_on_its_way_out_makes_one_call_and_hands_back_the_rest() -> None:
    world = World(stopping=True)
    hint = known(world, *(numbered(n) for n in range(12)))

    report = poll(world.westcon, hint, world.services())

    assert report.counts() == {"done": 10, "handed_back": 2}
    assert states(world, 12) == ["due"] * 12
    rest = [world.ledger.watch(f"SO-{n}").due_ms for n in (10, 11)]
    assert rest == [world.clock.ms] * 2


def test_a_claim_that_is_not_ours_is_not_asked_for() -> None:
    world = World()
    hint = known(world, numbered(0), numbered(1))
    world.ledger.watch("SO-0").fence += 1

    report = poll(world.westcon, hint, world.services())

    assert report.counts() == {"done": 1, "refused": 1}
    assert world.westcon.asked == [("W", ("601",))]


def test_an_order_that_keeps_failing_is_asked_for_in_a_call_of_its_own() -> None:
    world = World()
    hint = known(world, *(numbered(n) for n in range(3)))
    world.westcon.bad = {"601": Unavailable("answered 500", code="http_500")}
    world.ledger.items["watch:westcon:SO-1"].attempts = ALONE_FROM - 1

    report = poll(world.westcon, hint, world.services())

    assert world.westcon.asked == [("W", ("600", "602")), ("W", ("601",))]
    assert isinstance(report.outcomes["watch:westcon:SO-0"], Done)
    assert isinstance(report.outcomes["watch:westcon:SO-2"], Done)
    assert world.gates.reported == [("served", WESTCON)]
