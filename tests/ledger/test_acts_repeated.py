"""An act that the client sends again, since its answer was lost, is done once."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from serializers.audit.chain import verify
from serializers.events.entry_fields import of_event
from tests.defaults import endpoint_states
from tests.ledger import acts
from tests.ledger.audited import done
from tests.ledger.clock import World
from workers.ledger import keys
from workers.ledger.acts.gates import open_gate
from workers.ledger.acts.orders import Done, OrderActs
from workers.ledger.acts.revisions import Revision, Revisions, correct
from workers.ledger.audit.actor import Actor
from workers.ledger.audit.reader import AuditReader
from workers.ledger.scripts import Call

BARE = Actor("jane", run="r1")
SIGNING = Actor("jane", run="r1", key=b"a-key")
EVENT = b'{"source": "/erp", "id": "E2", "data": {"order_number": "SO-9"}}'


def whats(world: World) -> list[str]:
    return [one.stated("what") for one in done(world.redis)]


def orders(world: World) -> OrderActs:
    return OrderActs(world.scripts, world.retention, world.places)


def corrected(world: World, by: Actor) -> bool:
    """Whether it was answered with the entry that stands in the stream."""
    revision = Revision("event:1-0", "E2", EVENT)
    root = keys.prefix(0)
    entry = correct(world.scripts, world.stream.name, root, revision, by)
    return list(world.stream.entries([entry]).values()) != [None]


def revised(world: World, by: Actor) -> str:
    revisions = Revisions(world.scripts, world.retention, world.places)
    return revisions.revise("delivery:N1", "SO-1", "R1", b"mended", by)


def paused(world: World, by: Actor) -> bool:
    return endpoint_states(world.redis, world.scripts).pause("deck", "why", by)


def resumed(world: World, by: Actor) -> bool:
    return endpoint_states(world.redis, world.scripts).resume("westcon", by)


ACTS: dict[str, tuple[Callable[[World, Actor], Any], Any]] = {
    "replay a delivery": (
        lambda world, by: world.letters.replay("delivery:N1", by),
        "replayed",
    ),
    "replay an event": (
        lambda world, by: world.letters.replay("event:1-0", by),
        "replayed",
    ),
    "discard": (lambda world, by: world.letters.discard("event:1-0", by), "discarded"),
    "correct": (corrected, True),
    "revise": (revised, "revised"),
    "poll": (lambda world, by: orders(world).poll("SO-2", by), Done("polled", 1)),
    "abandon": (
        lambda world, by: orders(world).abandon("SO-2", [], by),
        Done("abandoned", 1),
    ),
    "open a gate": (
        lambda world, by: open_gate(world.scripts, "deck", world.partitions, by),
        "opened",
    ),
    "pause": (paused, True),
    "resume": (resumed, True),
}


@pytest.fixture
def letters(world: World) -> World:
    """Letters, an order that is watched, a gate that is closed, a pause."""
    world.stream.make()
    acts.dead(world, acts.notification("N1"))
    acts.watch(world, "SO-2")
    world.ledger.bury_event("1-0", of_event(b"{broken"), "not JSON", "malformed")
    world.gates.close("deck", 3600.0, "http_429")
    endpoint_states(world.redis, world.scripts).pause("westcon", "why", BARE)
    return world


@pytest.mark.parametrize("by", [BARE, SIGNING], ids=["unsigned", "signed"])
@pytest.mark.parametrize("name", ACTS)
def test_an_act_whose_answer_was_lost_is_done_once_and_answered_as_it_was(
    letters: World, name: str, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, answer = ACTS[name]
    before = len(whats(letters))
    monkeypatch.setattr(letters.scripts, "run", partial(twice, letters.scripts.run))

    answered = act(letters, by)

    reader = AuditReader(letters.redis)
    assert answered == answer
    assert len(whats(letters)) == before + 1
    for chain in reader.chains():
        assert verify(*reader.whole(chain)).faults == ()
    assert letters.stream.length() <= 1


def twice(run: Callable[[Call], Any], call: Call) -> Any:
    """As the client does whose first answer is lost: the very same command again."""
    run(call)
    return run(call)


@pytest.mark.parametrize("probing", [False, True])
def test_a_gate_that_was_opened_is_not_opened_again_before_its_call_has_an_outcome(
    letters: World, *, probing: bool
) -> None:
    opened = partial(open_gate, letters.scripts, "deck", letters.partitions)
    first = opened(Actor("jane", run="r1"))
    if probing:
        assert letters.gates.ask("deck", 3).calls == 1
    second = opened(Actor("jane", run="r2"))

    granted = letters.gates.ask("deck", 3).calls
    letters.gates.served("deck")
    third = opened(Actor("jane", run="r3"))

    assert (first, second, third) == ("opened", "trial", "open")
    assert granted == int(not probing)
    assert whats(letters).count("gate.opened") == 1


def test_a_gate_that_closed_anew_is_opened_anew(letters: World) -> None:
    opened = partial(open_gate, letters.scripts, "deck", letters.partitions)
    opened(BARE)
    letters.gates.close("deck", 60.0, "http_503", probe=True)

    letters.clock.advance(60_000)
    assert opened(Actor("jane", run="r2")) == "open"
    letters.gates.close("deck", 60.0, "http_503", probe=True)

    assert opened(Actor("jane", run="r3")) == "opened"


def test_one_request_does_the_same_again_when_it_asks_again(letters: World) -> None:
    words = [letters.letters.replay("delivery:N1", BARE) for _ in range(2)]

    assert words == ["replayed", "not_dead"]
