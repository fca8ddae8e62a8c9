"""Items whose workers keep dying come back one by one, or one would take the others."""

from tests.ledger import acts
from tests.ledger.clock import World
from tests.ledger.places import broken
from workers.ledger import keys

NAMES = tuple(f"N{n}" for n in range(8))
ACME = "ingram/acme"


def in_calls(world: World) -> None:
    """Eight notifications are in calls of one worker, which dies."""
    for name in NAMES:
        (hint,) = acts.admit(world, acts.notification(name), number=name).leased
        acts.sent(world, hint)


def claimed(world: World) -> list[str]:
    """What can be claimed now; all of it is in calls again."""
    hint = acts.claim(world, ACME)
    acts.sent(world, hint)
    return [one.ref for one in hint.claims]


def test_after_a_first_death_all_come_back_at_once(world: World) -> None:
    in_calls(world)

    world.clock.advance(world.retention.lease)

    assert len(claimed(world)) == len(NAMES)


def test_after_a_second_death_each_comes_back_at_a_moment_of_its_own(
    world: World,
) -> None:
    in_calls(world)
    world.clock.advance(world.retention.lease)
    claimed(world)

    world.clock.advance(world.retention.lease)
    rounds = [claimed(world)]
    for _ in range(world.retention.lease // 100):
        world.clock.advance(100)
        rounds.append(claimed(world))
        for ref in rounds[-1]:
            acts.settle(world, acts.hint(ACME, ref, 3), acts.DONE)

    came = [ref for each in rounds for ref in each]
    assert sorted(came) == [keys.delivery_ref(name) for name in NAMES]
    assert max(map(len, rounds)) == 1
    assert broken(world.redis) == []


def test_what_comes_apart_is_counted_ambiguous_all_the_same(world: World) -> None:
    in_calls(world)
    for _ in range(2):
        world.clock.advance(world.retention.lease)
        claimed(world)

    assert acts.counted(world, "ambiguous") == 2 * len(NAMES)
