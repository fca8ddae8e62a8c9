"""Dead letters of all four kinds, and the way back."""

import pytest

from serializers.events.entry_fields import Fields, of_event, replayed
from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.places import where
from workers.ledger.dead_letters import WholeLetter
from workers.ledger.letters.groups import fingerprint


def of_all_kinds(world: World) -> None:
    """An event, a link, a notification and a watch, a ms apart."""
    world.stream.make()
    world.ledger.bury_event("1-0", of_event(b"{broken"), "not JSON", "malformed")
    world.clock.advance(1)
    acts.dead(world, acts.link())
    world.clock.advance(1)
    acts.dead(world, acts.notification())
    world.clock.advance(1)
    acts.settle(world, acts.sent(world, acts.watch(world)), acts.GIVE_UP)


def test_letters_of_all_kinds_are_listed_in_the_order_they_were_given_up(
    world: World,
) -> None:
    of_all_kinds(world)

    letters = list(world.letters.all())

    assert [(one.id, one.kind, one.order, one.destination) for one in letters] == [
        ("event:1-0", "event", None, None),
        ("delivery:L1", "link", "SO-1", "deck"),
        ("delivery:N1", "notification", "SO-1", "ingram/acme"),
        ("watch:westcon:SO-1", "watch", "SO-1", "westcon"),
    ]
    assert world.letters.count() == 4


def test_a_letter_states_why_when_and_after_which_attempts(world: World) -> None:
    acts.dead(world, acts.link(payload=b"\xff"))
    moment = world.clock.now_ms

    assert [world.letters.find("delivery:L1")] == [
        WholeLetter(
            id="delivery:L1",
            kind="link",
            order="SO-1",
            destination="deck",
            reason="refused",
            fingerprint=fingerprint("link", "deck", "http_400"),
            attempts=1,
            at_ms=moment,
            payload=b"\xff",
            history=(f"{moment} give_up http refused",),
            code="http_400",
        )
    ]


def test_an_event_keeps_its_bytes(world: World) -> None:
    world.ledger.bury_event("1-0", of_event(b"\xff{"), "not JSON", "malformed")

    letter = world.letters.find("event:1-0")

    assert letter is not None
    assert (letter.payload, letter.reason, letter.attempts) == (b"\xff{", "not JSON", 0)


def test_burying_an_event_again_changes_nothing(world: World) -> None:
    world.ledger.bury_event("1-0", of_event(b"one"), "why", "malformed")
    before = acts.everything(world)
    world.clock.advance(1)

    world.ledger.bury_event("1-0", of_event(b"two"), "other", "conflict")

    assert acts.everything(world) == before


def test_a_letter_is_found_by_its_id(world: World) -> None:
    of_all_kinds(world)

    found = [
        acts.listed(world.letters.find(letter.id)) for letter in world.letters.all()
    ]

    assert found == list(world.letters.all())
    assert world.letters.find("delivery:none") is None


def test_what_is_alive_is_not_found_among_the_letters(world: World) -> None:
    acts.admit(world, acts.link())

    assert world.letters.find("delivery:L1") is None


def test_letters_of_all_kinds_can_be_discarded(world: World) -> None:
    of_all_kinds(world)

    answers = [world.letters.discard(letter.id) for letter in world.letters.all()]

    assert answers == ["discarded"] * 4
    assert world.letters.count() == 0
    assert world.redis.exists("{wb:0}:event:1-0") == 0


def test_letters_of_all_kinds_can_be_replayed(world: World) -> None:
    of_all_kinds(world)

    answers = [world.letters.replay(letter.id) for letter in world.letters.all()]

    assert answers == ["replayed"] * 4
    assert world.letters.count() == 0
    assert where(world.redis, "delivery:L1") == ["due"]
    assert where(world.redis, "delivery:N1") == ["due"]
    assert where(world.redis, "watch:westcon:SO-1") == ["due"]


def test_a_replayed_event_is_published_anew_with_its_bytes(world: World) -> None:
    world.stream.make()
    world.ledger.bury_event("1-0", of_event(b"\xff{"), "not JSON", "malformed")

    answers = [world.letters.replay("event:1-0") for _ in range(2)]

    assert answers == ["replayed", "gone"]
    (id_,) = world.stream.read("one", 10, 1)
    assert world.stream.entries([id_]) == {id_: replayed(of_event(b"\xff{"), "1-0")}


ODD: tuple[Fields, ...] = (
    ((b"data", b"\xff\x00"), (b"ce_id", b"1")),
    ((b"event", b"one"), (b"event", b"two")),
    ((b"event", b"{}"), (b"\xff", b"")),
    ((b"", b""),),
)


@pytest.mark.parametrize("fields", ODD)
def test_an_entry_with_other_fields_is_kept_and_replayed_with_all_of_them(
    world: World, fields: Fields
) -> None:
    world.stream.make()
    world.ledger.bury_event("1-0", fields, "why", "malformed")
    letter = world.letters.find("event:1-0")

    answers = [world.letters.replay("event:1-0") for _ in range(2)]

    assert letter is not None
    assert letter.fields == fields
    assert letter.payload == (b"{}" if (b"\xff", b"") in fields else b"")
    assert answers == ["replayed", "gone"]
    (id_,) = world.stream.read("one", 10, 1)
    assert world.stream.entries([id_]) == {id_: replayed(fields, "1-0")}


def test_a_letter_of_the_release_before_has_its_event_as_payload(world: World) -> None:
    world.stream.make()
    world.redis.hset(
        "{wb:0}:event:1-0",
        mapping={
            "state": "dead",
            "payload": b"\xff{",
            "why": "not JSON",
            "kind": "event",
            "code": "malformed",
        },
    )
    world.redis.zadd("{wb:0}:dead", {"event:1-0": 1})
    letter = world.letters.find("event:1-0")

    assert letter is not None
    assert (letter.payload, letter.fields) == (b"\xff{", of_event(b"\xff{"))
    assert world.letters.replay("event:1-0") == "replayed"
    (id_,) = world.stream.read("one", 10, 1)
    assert world.stream.entries([id_]) == {id_: replayed(of_event(b"\xff{"), "1-0")}


def test_alike_failures_share_a_fingerprint(world: World) -> None:
    acts.dead(world, acts.link("L1"), number="A")
    acts.dead(world, acts.link("L2"), number="B")
    acts.dead(world, acts.notification(), number="C")

    prints = [letter.fingerprint for letter in world.letters.all()]

    assert prints[0] == prints[1] != prints[2]
    # SHA-256 of "link\ndeck\nhttp_400", computed with sha256sum.
    assert prints[0] == FINGERPRINT


FINGERPRINT = "530013e6df8d"
