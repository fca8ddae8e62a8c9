"""A disabled destination; what was not begun; what Release looks at."""

from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.places import broken, where
from workers.ledger.claims import DestinationWork


def test_nothing_is_claimed_for_a_parked_destination(world: World) -> None:
    acts.admit(world, acts.link())
    acts.disable(world, "deck")
    world.clock.advance(world.retention.lease)

    assert acts.claim(world).claims == ()
    assert world.claims.work() == []


def test_what_waited_goes_on_when_it_is_enabled(world: World) -> None:
    acts.disable(world, "deck")
    acts.admit(world, acts.link())
    world.claims.work()

    acts.enable(world, "deck")

    assert [one.destination for one in world.claims.work()] == ["deck"]
    assert acts.going(world, acts.claim(world)) == ["delivery:L1"]


def test_an_attempt_under_way_is_recorded_although_its_destination_is_disabled(
    world: World,
) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    acts.disable(world, "deck")

    assert acts.settle(world, hint, acts.DONE) == ["done"]


def test_parking_one_destination_leaves_the_others_alone(world: World) -> None:
    acts.disable(world, "ingram/acme")

    written = acts.admit(
        world, acts.notification("N1"), acts.notification("N2", "zeta")
    )

    assert [one.destination for one in written.leased] == ["ingram/zeta"]


def test_what_is_handed_back_is_due_at_once_and_costs_nothing(world: World) -> None:
    hint = acts.admit(world, acts.link()).leased[0]

    world.ledger.hand_back(hint, hint.claims)

    assert acts.due_in(world, "deck", "delivery:L1") == 0
    assert acts.field(world, "delivery:L1", "tries") == "0"
    assert acts.going(world, hint) == []
    assert broken(world.redis) == []


def test_what_has_begun_is_not_handed_back(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])

    world.ledger.hand_back(hint, hint.claims)

    assert acts.state(world, "delivery:L1") == "sending"


def test_what_somebody_else_holds_is_not_handed_back(world: World) -> None:
    old = acts.admit(world, acts.link()).leased[0]
    world.clock.advance(world.retention.lease)
    new = acts.claim(world)

    world.ledger.hand_back(old, old.claims)

    assert where(world.redis, "delivery:L1") == ["leased"]
    assert acts.going(world, new) == ["delivery:L1"]


def test_work_shows_what_each_destination_has_to_do(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    acts.settle(world, hint, acts.AGAIN)
    acts.admit(world, acts.notification("N1"), acts.notification("N2", "zeta"))
    world.clock.advance(4_000)
    zeta = acts.notification("N3", "zeta")
    acts.admit(world, zeta, number="SO-2")

    found = sorted(world.claims.work(), key=lambda one: one.destination)

    assert found == [
        DestinationWork("deck", 0, 6_000, 0, 0, 0, 1),
        DestinationWork("ingram/acme", 0, None, 1, 0, 0),
        DestinationWork("ingram/zeta", 0, None, 2, 0, 0),
    ]


def test_what_is_overdue_is_due_in_no_time(world: World) -> None:
    acts.fill(world, "deck")
    acts.admit(world, acts.link())
    world.clock.advance(1_000)

    (found,) = world.claims.work()

    assert (found.due_ms, found.leased) == (0, 8)


def test_a_destination_without_work_is_forgotten_until_it_has_some(
    world: World,
) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])
    acts.settle(world, hint, acts.DONE)

    assert world.claims.ready().work == ()
    assert world.redis.exists("{wb:0}:destinations", "{wb:0}:next") == 0
    acts.admit(world, acts.link("L2"))
    assert [one.destination for one in world.claims.work()] == ["deck"]
