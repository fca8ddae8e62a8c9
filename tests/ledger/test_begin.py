"""An attempt begins once per fence, and only for the run that holds it."""

from tasks.ledger_values import Delivery, Kind, Look, Refused
from tasks.outcomes.outcome import Again
from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.places import broken, where

LEASE = 60_000


def test_a_delivery_begins_with_its_payload_and_its_first_attempt(world: World) -> None:
    hint = acts.admit(world, acts.link(payload=b"\xff\x00")).leased[0]

    begun = acts.begin(world, hint)

    assert begun == [Delivery(hint.claims[0], 1, "SO-1", Kind.LINK, b"\xff\x00")]
    assert acts.state(world, "delivery:L1") == "sending"


def test_a_watch_begins_with_its_order_and_version(world: World) -> None:
    hint = acts.watch(world)
    order = world.ledger.orders(["SO-1"])[0].order

    begun = acts.begin(world, hint)

    assert order is not None
    assert begun == [Look(hint.claims[0], 1, order, 1, world.clock.now_ms)]


def test_the_same_run_asking_again_may_go_and_counts_one_attempt(world: World) -> None:
    hint = acts.admit(world, acts.link()).leased[0]

    first = acts.begin(world, hint, "run")
    again = acts.begin(world, hint, "run")

    assert again == first
    assert acts.field(world, "delivery:L1", "tries") == "1"


def test_another_run_with_the_same_fence_is_refused(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0], "one")

    assert acts.begin(world, hint, "two") == [Refused(hint.claims[0])]
    assert acts.field(world, "delivery:L1", "tries") == "1"
    assert acts.field(world, "delivery:L1", "run") == "one"


def test_an_older_fence_is_refused(world: World) -> None:
    old = acts.admit(world, acts.link()).leased[0]
    world.clock.advance(LEASE)
    new = acts.claim(world)

    assert acts.begin(world, old) == [Refused(old.claims[0])]
    assert acts.going(world, new) == ["delivery:L1"]


def test_an_ended_lease_that_nobody_claimed_back_is_still_good(world: World) -> None:
    hint = acts.admit(world, acts.link()).leased[0]
    world.clock.advance(10 * LEASE)

    assert acts.going(world, hint) == ["delivery:L1"]
    assert acts.claim(world).claims == ()


def test_begin_renews_the_lease(world: World) -> None:
    hint = acts.admit(world, acts.link()).leased[0]
    world.clock.advance(LEASE - 1)
    acts.sent(world, hint)

    world.clock.advance(LEASE - 1)
    early = acts.claim(world)
    world.clock.advance(1)

    assert early.claims == ()
    assert len(acts.claim(world).claims) == 1


def test_what_has_ended_does_not_begin(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    acts.settle(world, hint, acts.DONE)

    assert acts.begin(world, hint) == [Refused(hint.claims[0])]


def test_what_waits_does_not_begin(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    acts.settle(world, hint, acts.AGAIN)

    assert acts.begin(world, hint) == [Refused(hint.claims[0])]


def test_what_is_not_known_does_not_begin(world: World) -> None:
    hint = acts.admit(world, acts.link()).leased[0]
    world.redis.delete("{wb:0}:delivery:L1")

    assert acts.begin(world, hint) == [Refused(hint.claims[0])]
    assert world.redis.exists("{wb:0}:delivery:L1") == 0


def test_an_item_whose_workers_died_at_every_attempt_becomes_a_dead_letter(
    world: World,
) -> None:
    both = (acts.notification("N1"), acts.notification("N2"))
    turn = acts.admit(world, *both).leased[0]
    for _ in range(3):
        acts.sent(world, turn)
        turn = acts.claim_back(world, "ingram/acme")

    begun = acts.begin(world, turn)

    assert begun == [Refused(turn.claims[0], dead=True)]
    assert where(world.redis, "delivery:N1") == ["dead"]
    assert where(world.redis, "delivery:N2") == ["due"]
    assert [one.attempts for one in world.letters.all()] == [3]
    assert broken(world.redis) == []


def test_a_watch_whose_workers_died_at_every_attempt_becomes_a_dead_letter(
    world: World,
) -> None:
    turn = acts.watch(world)
    for _ in range(3):
        acts.sent(world, turn)
        turn = acts.claim_back(world, "westcon")

    assert acts.begin(world, turn) == [Refused(turn.claims[0], dead=True)]
    assert where(world.redis, "watch:westcon:SO-1") == ["dead"]


def test_a_parked_destination_hands_back_instead_of_beginning(world: World) -> None:
    hint = acts.admit(world, acts.link()).leased[0]
    acts.disable(world, "deck")

    assert acts.begin(world, hint) == [Refused(hint.claims[0])]
    assert where(world.redis, "delivery:L1") == ["due"]
    assert acts.field(world, "delivery:L1", "tries") == "0"


def test_each_item_of_a_hint_is_judged_on_its_own(world: World) -> None:
    hints = [acts.watch(world, number) for number in ("A", "B", "C")]
    acts.sent(world, hints[1], "other")
    together = acts.joined(hints)

    assert acts.going(world, together) == ["watch:westcon:A", "watch:westcon:C"]


def test_an_attempt_is_shown_how_the_one_before_it_failed(world: World) -> None:
    first = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    acts.settle(world, first, Again(10.0, "not there", "read_back"))
    world.clock.advance(10_000)
    [second] = acts.begin(world, acts.claim(world), "second")
    acts.settle(world, acts.hint("deck", "delivery:L1", 2), acts.GIVE_UP, "second")
    world.letters.replay("delivery:L1")
    [replayed] = acts.begin(world, acts.claim(world), "third")

    failed = [one.failed for one in (second, replayed) if isinstance(one, Delivery)]
    assert failed == ["read_back", ""]


def test_a_lease_that_ends_while_sending_does_not_hide_the_failure_before_it(
    world: World,
) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    acts.settle(world, hint, Again(0.0, "not there", "read_back"))
    acts.sent(world, acts.claim(world), "second")

    [third] = acts.begin(world, acts.claim_back(world), "third")

    assert isinstance(third, Delivery)
    assert (third.attempts, third.failed) == (3, "read_back")
