"""A record that a newer release has written is left to that release."""

from tasks.outcomes.outcome import Again, Done, GiveUp
from tasks.polling.poll import poll
from tasks.receive import receive
from tests.tasks.fakes import World
from tests.tasks.samples import (
    changed,
    event,
    order,
    publish,
    reported,
    take_in,
    watched,
)

NEWER = b"[99]"


def test_an_event_of_such_an_order_stays_pending_and_the_others_go_on() -> None:
    world = World()
    take_in(world, event("placed", westcon_number="600"))
    world.ledger.records["SO-1"] = (1, NEWER)
    entries = publish(
        world, changed(1, "10:SHI"), event("placed", 2, order_number="SO-2")
    )

    counts = receive(entries, world.services()).counts

    assert counts == {"admitted": 1, "left": 1}
    assert world.ledger.acknowledged[-1] == entries[1]
    assert entries[0] not in world.ledger.acknowledged


def test_a_look_at_such_an_order_comes_again_and_the_others_are_looked_at() -> None:
    world = World()
    world.westcon.lines["601"] = (reported("SHI", order_number="601"),)
    broken, whole = order(number="SO-0"), order(number="SO-1", westcon_number="601")
    hint = watched(world, broken, whole)
    world.ledger.records["SO-0"] = (1, NEWER)

    report = poll(world.westcon, hint, world.services())

    assert isinstance(report.outcomes["watch:westcon:SO-0"], Again)
    assert isinstance(report.outcomes["watch:westcon:SO-1"], Done)
    assert world.gates.reported == [("served", "westcon")]


def test_a_look_that_no_release_can_read_ends_as_a_dead_letter() -> None:
    world = World()
    hint = watched(world, order(number="SO-0"))
    world.ledger.records["SO-0"] = (1, NEWER)
    world.ledger.items["watch:westcon:SO-0"].attempts = 3

    report = poll(world.westcon, hint, world.services())

    outcome = report.outcomes["watch:westcon:SO-0"]
    assert isinstance(outcome, GiveUp)
    assert "layout 99" in outcome.reason


def test_a_record_that_a_newer_release_writes_under_a_look_keeps_its_watch() -> None:
    world = World()
    world.westcon.lines["601"] = (reported("SHI", order_number="601"),)
    hint = watched(world, order(westcon_number="601"))
    world.ledger.meanwhile.append(
        lambda: world.ledger.records.update({"SO-1": (2, NEWER)})
    )

    report = poll(world.westcon, hint, world.services())

    assert isinstance(report.outcomes["watch:westcon:SO-1"], Again)
    assert world.ledger.watch("SO-1").state == "due"
    assert world.ledger.records["SO-1"] == (2, NEWER)
