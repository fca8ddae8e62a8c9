"""Acts and their entries: both or neither, in one chain, whoever acts at once."""

import threading
from typing import Any

import pytest
import redis

from serializers.audit.chain import verify
from serializers.audit.entry import AuditEntry, decode
from serializers.events.entry_fields import bare, of_event
from tests.ledger import acts
from tests.ledger.clock import World
from workers.ledger import keys
from workers.ledger.audit.actor import Actor, Deed
from workers.ledger.audit.reader import AuditReader
from workers.ledger.scripts import Call
from workers.redis.answers import text

KEY = b"a-key"
JANE = Actor("jane", "they were down", run="r1", key=KEY)
BARE = Actor("joe")


def entries(world: World) -> list[AuditEntry]:
    """The chain of the only partition, which is whole."""
    raws, head = AuditReader(world.redis).whole(0)
    assert verify(raws, head).faults == ()
    return [decode(raw) for raw in raws]


@pytest.fixture
def letters(world: World) -> World:
    world.stream.make()
    acts.dead(world, acts.link("L1"))
    acts.dead(world, acts.notification("N1"))
    world.ledger.bury_event("1-0", of_event(b"{broken"), "not JSON", "malformed")
    return world


def test_an_act_states_who_what_when_why_and_what_it_was_before(letters: World) -> None:
    letters.letters.replay("delivery:N1", JANE)

    (entry,) = entries(letters)

    assert (entry.n, entry.at_ms) == (1, letters.clock.now_ms)
    assert (entry.before, entry.after) == ("dead http_400", "due")
    names = ("what", "target", "who", "why", "run")
    assert [entry.stated(name) for name in names] == [
        "dead_letter.replayed",
        "delivery:N1",
        "jane",
        "they were down",
        "r1",
    ]


def test_what_changes_nothing_leaves_no_entry(letters: World) -> None:
    acts.admit(letters, acts.link("L2"))

    answers = [letters.letters.replay("delivery:L1", JANE) for _ in range(2)]
    answers.append(letters.letters.discard("delivery:none", JANE))

    assert answers == ["refused", "refused", "gone"]
    assert entries(letters) == []


def test_an_event_is_replayed_in_one_step_with_its_entry(letters: World) -> None:
    sent = letters.letters.send("event:1-0", JANE)

    (entry,) = entries(letters)
    found: Any = letters.redis.xrange(letters.stream.name)
    assert [letters.stream.named(text(id_)) for id_, _ in found] == [sent.entry]
    assert (entry.before, entry.after) == ("dead malformed", "gone")
    assert letters.letters.find("event:1-0") is None


def test_acts_with_and_without_a_key_stand_in_one_chain(letters: World) -> None:
    letters.letters.discard("event:1-0", BARE)
    letters.letters.replay("delivery:L1", JANE)
    letters.letters.discard("delivery:N1", JANE)

    raws, head = AuditReader(letters.redis).whole(0)
    found = verify(raws, head, [KEY])

    assert found.faults == ()
    assert (found.signed, found.unsigned) == (2, 1)


def test_of_many_who_act_at_once_each_entry_has_its_place(world: World) -> None:
    for n in range(12):
        acts.dead(world, acts.notification(f"N{n}"), number=f"SO-{n}")
    failures: list[Exception] = []

    def act(mine: range) -> None:
        try:
            for n in mine:
                world.letters.replay(f"delivery:N{n}", JANE)
        except redis.RedisError as error:
            failures.append(error)

    threads = [threading.Thread(target=act, args=(range(n, 12, 3),)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    raws, head = AuditReader(world.redis).whole(0)
    assert verify(raws, head, [KEY]).faults == ()
    assert len(raws) == 12


def test_a_chain_that_cannot_be_written_keeps_the_act_from_being_done(
    letters: World,
) -> None:
    letters.redis.set(keys.audit(keys.prefix(0)), "of another kind")

    with pytest.raises(redis.ResponseError):
        letters.letters.discard("delivery:N1", JANE)

    assert acts.state(letters, "delivery:N1") == "dead"


def test_the_same_place_is_given_once(letters: World) -> None:
    root, seen = keys.prefix(0), list[object]()

    class Between(type(letters.scripts)):  # type: ignore[misc] # a class of the world's
        """Another acts after the head was read."""

        def run(self, call: Call) -> object:
            if call.script.startswith("audited.") and not seen:
                seen.append(letters.letters.discard("event:1-0", BARE))
            return letters.scripts.run(call)

    scripts = Between(letters.redis, letters.clock)
    call = Call("disable", root, ("ingram/acme",))
    JANE.run_act(scripts, call, Deed("endpoint.disabled", "ingram/acme", "1"))

    assert [entry.stated("who") for entry in entries(letters)] == ["joe", "jane"]
    raws, head = AuditReader(letters.redis).whole(0)
    assert verify(raws, head, [KEY]).faults == ()


def test_a_letter_is_replayed_twice_and_a_third_time_only_when_asked(
    world: World,
) -> None:
    acts.dead(world, acts.notification())
    words = []
    for _ in range(3):
        words.append(world.letters.send("delivery:N1", JANE, most=2).word)
        if words[-1] == "replayed":
            hint = acts.claim(world, "ingram/acme")
            acts.settle(world, acts.sent(world, hint), acts.GIVE_UP)

    assert words == ["replayed", "replayed", "again"]
    assert world.letters.would_replay(["delivery:N1"], 2) == ["again"]
    assert world.letters.replay("delivery:N1", JANE) == "replayed"


def test_replays_of_an_event_are_counted_in_its_entry(world: World) -> None:
    world.stream.make()
    world.ledger.bury_event("1-0", of_event(b"x"), "not JSON", "malformed")
    ref, words = "event:1-0", []
    for _ in range(3):
        sent = world.letters.send(ref, JANE, most=2)
        words.append(sent.word)
        if sent.entry:
            added: Any = world.redis.xrange(world.stream.name, bare(sent.entry))
            fields = tuple(added[0][1].items())
            world.ledger.bury_event(sent.entry, fields, "not JSON", "malformed")
            ref = keys.event_ref(sent.entry)

    assert words == ["replayed", "replayed", "again"]
    letter = world.letters.find(ref)
    assert letter is not None
    assert letter.fields == (
        (b"event", b"x"),
        (b"waybill-first-entry", b"1-0"),
        (b"waybill-replays", b"2"),
    )


def test_what_would_be_changes_nothing(letters: World) -> None:
    acts.admit(letters, acts.link("L2"))
    before = acts.everything(letters)

    found = letters.letters.would_replay(
        ["delivery:L1", "delivery:N1", "event:1-0", "delivery:x"]
    )

    assert found == ["refused", "would", "would", "gone"]
    assert acts.everything(letters) == before


@pytest.mark.parametrize("by", [JANE, BARE])
def test_with_a_head_that_cannot_be_read_nothing_is_done(
    letters: World, by: Actor
) -> None:
    letters.redis.set(keys.audit_head(keys.prefix(0)), "x")

    with pytest.raises(redis.ResponseError, match="audit_head cannot be read"):
        letters.letters.replay("delivery:N1", by)

    assert acts.state(letters, "delivery:N1") == "dead"
    assert letters.redis.llen(keys.audit(keys.prefix(0))) == 0
