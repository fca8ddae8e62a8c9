"""Looking at several orders in one call, and recording each on its own."""

from dataclasses import replace
from typing import Any

from serializers.order import Order
from tasks.errors import NotYet, PermanentError, Throttled, Unavailable
from tasks.inquiry import ALONE_FROM
from tasks.outcome import Again, Done, GiveUp, Later
from tasks.plan_rules import WESTCON
from tasks.poll import COMPARISONS, poll
from tasks.receive import receive
from tasks.work import Hint
from tests.tasks.fakes import ACME, World
from tests.tasks.samples import changed, order, publish, told, watched


def numbered(n: int, **fields: Any) -> Order:
    return replace(order(westcon_number=f"60{n}"), number=f"SO-{n}", **fields)


def known(world: World, *orders: Order, status: str = "SHI") -> Hint:
    """Orders under watch that Westcon knows by their numbers."""
    for one in orders:
        number = one.westcon_number
        world.westcon.lines[number] = (told(status, order_number=number),)
    return watched(world, *orders)


def states(world: World, count: int) -> list[str]:
    return [world.ledger.watch(f"SO-{n}").state for n in range(count)]


def test_orders_of_one_type_are_asked_for_in_one_call() -> None:
    world = World()
    hint = known(world, *(numbered(n) for n in range(3)))

    report = poll(hint, world.services())

    assert report.counts() == {"done": 3}
    assert world.westcon.asked == [("W", ("600", "601", "602"))]
    assert world.ledger.trips == ["begin", "advance"]
    assert world.gates.told == [("served", WESTCON)]
    assert [hint.destination for hint in world.hints.sent].count(ACME) == 3


def test_a_look_sets_the_next_one() -> None:
    world = World()

    poll(known(world, numbered(0)), world.services())

    watch = world.ledger.watch("SO-0")
    assert (watch.state, watch.due_ms) == ("due", world.clock.ms + 60_000)


def test_a_finished_order_leaves_the_watch() -> None:
    world = World()

    poll(known(world, numbered(0), status="INV"), world.services())

    assert states(world, 1) == ["ended"]


def test_orders_of_both_types_are_asked_for_in_two_calls() -> None:
    world = World()
    by_purchase_order = replace(order(purchase_order="PO-7"), number="SO-1")
    world.westcon.lines["PO-7"] = (told("SHI"), told("SHI", order_number="61"))
    hint = known(world, numbered(0))
    claims = (*hint.claims, *watched(world, by_purchase_order).claims)

    report = poll(Hint(WESTCON, 0, claims), world.services())

    assert report.counts() == {"done": 2}
    assert world.westcon.asked == [("W", ("600",)), ("C", ("PO-7",))]
    assert len(world.ledger.order("SO-1").lines) == 2


def test_several_orders_of_the_erps_may_be_one_order_at_westcon() -> None:
    world = World()
    same = replace(numbered(1), westcon_number="600")
    hint = known(world, numbered(0), same)

    report = poll(hint, world.services())

    assert report.counts() == {"done": 2}
    assert world.westcon.asked == [("W", ("600",))]
    assert [world.ledger.order(f"SO-{n}").lines[0].status for n in (0, 1)] == [
        "SHI",
        "SHI",
    ]


def test_a_hint_of_many_orders_is_several_calls_each_begun_right_before() -> None:
    world = World()
    hint = known(world, *(numbered(n) for n in range(25)))

    report = poll(hint, world.services())

    assert report.counts() == {"done": 25}
    assert [len(orders) for _, orders in world.westcon.asked] == [10, 10, 5]
    assert world.ledger.trips == ["begin", "advance"] * 3


def test_when_the_gate_closes_the_calls_that_are_left_are_not_made() -> None:
    world = World()
    hint = known(world, *(numbered(n) for n in range(12)))
    world.westcon.errors = [Throttled("slow", code="http_429", retry_after=60.0)]

    report = poll(hint, world.services())

    assert report.counts() == {"later": 10, "handed_back": 2}
    assert len(world.westcon.asked) == 1
    assert states(world, 12) == ["due"] * 12


def test_a_worker_on_its_way_out_makes_one_call_and_hands_back_the_rest() -> None:
    world = World(stopping=True)
    hint = known(world, *(numbered(n) for n in range(12)))

    assert poll(hint, world.services()).counts() == {"done": 10, "handed_back": 2}


def test_a_claim_that_is_not_ours_is_not_asked_for() -> None:
    world = World()
    hint = known(world, numbered(0), numbered(1))
    world.ledger.watch("SO-0").fence += 1

    report = poll(hint, world.services())

    assert report.counts() == {"done": 1, "refused": 1}
    assert world.westcon.asked == [("W", ("601",))]


def test_an_error_settles_every_order_with_its_own_tries() -> None:
    world = World()
    hint = known(world, numbered(0), numbered(1))
    world.ledger.watch("SO-1").tries = 3
    world.westcon.errors = [Unavailable("down", code="timeout")]

    report = poll(hint, world.services())

    first, second = report.outcomes.values()
    assert first == Again(10.5, "down", "timeout", ambiguous=True)
    assert isinstance(second, GiveUp)
    assert states(world, 2) == ["due", "dead"]
    assert world.gates.told == [("failed", WESTCON)]


def test_an_order_that_is_refused_fails_alone() -> None:
    world = World()
    hint = known(world, numbered(0), numbered(1), numbered(2))
    world.westcon.bad = {"601": PermanentError("no", code="http_400")}

    report = poll(hint, world.services())

    assert list(report.outcomes.values()).count(Done()) == 2
    assert states(world, 3) == ["due", "dead", "due"]
    assert world.gates.told == [("served", WESTCON)]


def test_an_order_that_is_missing_does_not_count_against_westcon() -> None:
    world = World()
    hint = watched(world, numbered(0))

    report = poll(hint, world.services())

    (outcome,) = report.outcomes.values()
    assert isinstance(outcome, Again)
    assert world.gates.told == [("served", WESTCON)]


def test_a_retry_after_closes_the_gate_although_other_orders_were_answered() -> None:
    world = World()
    hint = known(world, numbered(0), numbered(1))
    world.westcon.dropped = {"601"}
    slow = Throttled("slow", code="http_429", retry_after=60.0)
    world.westcon.errors = [None, slow]

    report = poll(hint, world.services())

    assert report.counts() == {"done": 1, "later": 1}
    assert world.gates.closed == {WESTCON: 60.0}


def test_without_a_token_everybody_waits_and_no_try_counts() -> None:
    world = World()
    hint = known(world, numbered(0))
    world.westcon.errors = [NotYet("no token", code="token", after=300.0, shared=True)]

    report = poll(hint, world.services())

    assert report.counts() == {"later": 1}
    assert world.ledger.watch("SO-0").tries == 0
    assert world.gates.closed == {WESTCON: 300.0}


def test_an_order_that_westcon_does_not_know_yet_is_waited_for() -> None:
    world = World()
    hint = known(world, numbered(0), numbered(1))
    world.westcon.lines["600"] = (told("NAO", order_number="600"),)

    report = poll(hint, world.services())

    assert [type(one) for one in report.outcomes.values()] == [Done, Later]
    watch = world.ledger.watch("SO-0")
    assert (watch.tries, watch.due_ms) == (0, world.clock.ms + 900_000)


def test_an_order_that_westcon_never_knew_becomes_a_dead_letter() -> None:
    world = World()
    hint = known(world, numbered(0), status="NAO")
    world.clock.pass_seconds(86_400)

    assert poll(hint, world.services()).counts() == {"given_up": 1}


def test_an_order_that_lost_its_reference_needs_a_person() -> None:
    world = World()

    report = poll(watched(world, order()), world.services())

    (outcome,) = report.outcomes.values()
    assert isinstance(outcome, GiveUp)
    assert outcome.code == "no_reference"
    assert world.westcon.asked == []
    assert world.gates.told == []


def test_a_defect_of_ours_leaves_the_orders_for_a_mended_release() -> None:
    world = World()
    hint = known(world, numbered(0))
    world.westcon.errors = [KeyError("x")]

    report = poll(hint, world.services())

    assert report.counts() == {"again": 1}
    assert world.gates.told == []


def test_an_order_that_changed_meanwhile_is_compared_anew_not_asked_anew() -> None:
    world = World()
    hint = known(world, numbered(0))
    shipped = changed(1, "1:SCH", "10:SHI", order_number="SO-0")
    ids = publish(world, shipped)
    world.ledger.meanwhile = [lambda: receive(ids, world.services())]

    report = poll(hint, world.services())

    assert report.counts() == {"done": 1}
    assert len(world.westcon.asked) == 1
    assert len(world.items_at(ACME)) == 1
    assert [one.key for one in world.ledger.order("SO-0").lines] == ["600/1", "600/10"]


def test_an_answer_about_a_number_that_was_corrected_meanwhile_is_dropped() -> None:
    world = World()
    hint = known(world, numbered(0))

    def corrected() -> None:
        right = changed(1, "20:SCH", order_number="SO-0", westcon_number="777")
        receive(publish(world, right), world.services())

    world.ledger.meanwhile = [corrected]

    report = poll(hint, world.services())

    assert report.counts() == {"later": 1}
    assert world.items_at(ACME) == []
    assert states(world, 1) == ["due"]


def test_an_order_that_never_stands_still_is_left_for_a_moment() -> None:
    world = World()
    hint = known(world, numbered(0))

    def touched() -> None:
        version, record = world.ledger.records["SO-0"]
        world.ledger.records["SO-0"] = (version + 1, record)

    world.ledger.meanwhile = [touched] * COMPARISONS

    report = poll(hint, world.services())

    (outcome,) = report.outcomes.values()
    assert isinstance(outcome, Later)
    assert (outcome.code, world.ledger.watch("SO-0").tries) == ("busy", 0)


def test_a_watch_that_died_with_its_workers_is_told_as_given_up() -> None:
    world = World()
    hint = watched(world, order(westcon_number="601"))
    world.ledger.watch("SO-1").tries = world.ledger.most

    report = poll(hint, world.services())

    assert [ref for ref, _ in report.failed()] == ["order:SO-1"]
    assert world.westcon.asked == []


def test_an_order_that_keeps_failing_is_asked_for_in_a_call_of_its_own() -> None:
    world = World()
    hint = known(world, *(numbered(n) for n in range(3)))
    world.westcon.bad = {"601": Unavailable("answered 500", code="http_500")}
    world.ledger.items["order:SO-1"].tries = ALONE_FROM - 1

    report = poll(hint, world.services())

    assert world.westcon.asked == [("W", ("600", "602")), ("W", ("601",))]
    assert isinstance(report.outcomes["order:SO-0"], Done)
    assert isinstance(report.outcomes["order:SO-2"], Done)
    assert world.gates.told == [("served", WESTCON)]
