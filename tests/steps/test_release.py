"""Release finds what is due and what was lost, whatever the limits have become."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import redis

from tasks.concurrency import FEWEST, by_name
from tasks.destination import Destination
from tasks.ledger_values import Hint
from tests.ledger import acts
from tests.ledger.clock import KNOWN, World, build, room_of
from workers.dispatch.slots import Slots
from workers.steps.release import Release

WIDE = tuple(replace(one, max_leased=100) for one in KNOWN)
LEASE = 60_000


class Sent:
    """Remembers the hints that were sent."""

    def __init__(self) -> None:
        self.hints: list[Hint] = []

    def send(self, hints: Sequence[Hint]) -> None:
        self.hints += hints

    def claims(self) -> int:
        return sum(len(hint.claims) for hint in self.hints)


def release(  # noqa: PLR0913, PLR0917 (one argument for each thing that varies)
    world: World,
    sent: Sent,
    seconds: float = 0.001,
    known: tuple[Destination, ...] = WIDE,
    taken: float | None = None,
    stranger: Callable[[str, int], float] = lambda _, __: 0.0,
    monotonic: Callable[[], float] = time.monotonic,
) -> Release:
    """Release of a worker that finds calls quick, so that few leases are of use."""
    destinations, slots = by_name(known), Slots(32)
    room = room_of(destinations, seconds=seconds if taken is None else taken)
    return Release(
        world.claims,
        world.gates,
        sent,
        destinations,
        room.most_leased,
        1.0,
        lambda _: seconds,
        slots,
        stranger,
        monotonic,
    )


def leased(world: World, count: int) -> None:
    for n in range(count):
        acts.admit(world, acts.link(f"L{n}"), number=f"SO-{n}")


def test_more_ended_leases_than_are_of_use_now_are_claimed_again(
    redis: redis.Redis,
) -> None:
    world, sent = build(redis, known=WIDE), Sent()
    leased(world, 3 * FEWEST)
    world.clock.advance(LEASE)
    one = release(world, sent)

    while not one.turn():
        pass

    assert sent.claims() >= FEWEST
    assert {hint.destination for hint in sent.hints} == {"deck"}


def test_running_leases_leave_only_the_room_that_is_of_use(redis: redis.Redis) -> None:
    world, sent = build(redis, known=WIDE), Sent()
    leased(world, 2 * FEWEST)

    pause = release(world, sent).turn()

    assert sent.hints == []
    assert pause > 0


def test_what_waits_is_claimed_up_to_the_leases_that_a_destination_allows(
    redis: redis.Redis,
) -> None:
    world, sent = build(redis, known=WIDE), Sent()
    acts.disable(world, "deck")
    leased(world, 3 * FEWEST)
    acts.enable(world, "deck")
    one = release(world, sent, known=KNOWN, taken=1.0)

    while not one.turn():
        pass

    assert sent.claims() == KNOWN[0].max_leased < 3 * FEWEST
