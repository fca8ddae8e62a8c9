"""An order that changes while Westcon is asked for it."""

from tasks.outcomes.outcome import Later
from tasks.polling.poll import COMPARISONS, poll
from tasks.receive import receive
from tests.tasks.fakes import ACME, World
from tests.tasks.known_orders import known, numbered, states
from tests.tasks.samples import changed, publish


def test_an_order_that_changed_meanwhile_is_compared_anew_not_asked_anew() -> None:
    world = World()
    hint = known(world, numbered(0))
    shipped = changed(1, "1:SCH", "10:SHI", order_number="SO-0")
    ids = publish(world, shipped)
    world.ledger.meanwhile = [lambda: receive(ids, world.services())]

    report = poll(world.westcon, hint, world.services())

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

    report = poll(world.westcon, hint, world.services())

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

    report = poll(world.westcon, hint, world.services())

    (outcome,) = report.outcomes.values()
    assert isinstance(outcome, Later)
    assert (outcome.code, world.ledger.watch("SO-0").attempts) == ("busy", 0)
