"""What partners give up in a row pauses them, over all workers."""

from dataclasses import replace

import pytest
import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

from tasks.concurrency import Destinations, by_name
from tasks.outcomes.outcome import Again, Done, GiveUp
from tests.defaults import endpoint_states
from tests.ledger import acts
from tests.ledger.clock import KNOWN, World, build
from workers.ledger.endpoints.ends import PartnerEnds
from workers.ledger.scripts import Scripts

MOST = 5
REFUSED = GiveUp("no", "deck_2")


class Clock:
    """Monotonic seconds that pass when the test wants it."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def partners(hold_after: int = MOST) -> Destinations:
    return by_name(replace(one, hold_after=hold_after) for one in KNOWN)


def ends_of(world: World, hold_after: int = MOST) -> PartnerEnds:
    states = endpoint_states(world.redis, world.scripts, world.partitions, 0.0)
    return PartnerEnds(states, partners(hold_after), Clock())


def is_paused(world: World, destination: str = "deck") -> bool:
    states = endpoint_states(world.redis, world.scripts, world.partitions, 0.0)
    return states.conditions([destination])[destination].disabled


def test_so_many_in_a_row_over_all_workers_pause_it_and_what_comes_waits(
    world: World,
) -> None:
    workers = [ends_of(world) for _ in range(3)]

    with structlog.testing.capture_logs() as lines:
        for n in range(MOST + 2):
            workers[n % 3].note("deck", REFUSED)

    acts.admit(world, acts.link("L1"))
    assert is_paused(world)
    assert acts.claim(world, "deck").claims == ()
    assert [(line["event"], line["log_level"], line["why"]) for line in lines] == [
        (
            "destination_paused",
            "warning",
            "5 in a row were given up, the last with deck_2",
        )
    ]


def test_one_that_is_done_ends_the_row(world: World) -> None:
    one, other = ends_of(world), ends_of(world)
    for _ in range(MOST - 1):
        one.note("deck", REFUSED)

    other.note("deck", Done())
    # What is noted goes with the next script of this thread.
    acts.admit(world, acts.link("L1"))
    for _ in range(MOST - 1):
        one.note("deck", REFUSED)

    assert not is_paused(world)
    one.note("deck", REFUSED)
    assert is_paused(world)


def test_what_comes_again_and_what_another_gives_up_is_no_part_of_the_row(
    world: World,
) -> None:
    ends = ends_of(world)
    for _ in range(MOST - 1):
        ends.note("deck", REFUSED)
        ends.note("westcon", REFUSED)
        ends.note("deck", Again(1.0, "down", "http_503"))

    assert not is_paused(world)


def test_after_it_goes_on_the_row_begins_anew(world: World) -> None:
    ends = ends_of(world)
    states = endpoint_states(world.redis, world.scripts, world.partitions, 0.0)
    for _ in range(MOST):
        ends.note("deck", REFUSED)

    states.resume("deck")
    for _ in range(MOST - 1):
        ends.note("deck", REFUSED)

    assert not is_paused(world)


def test_with_0_no_row_is_long_enough_and_endpoints_have_their_own(
    world: World,
) -> None:
    never, ends = ends_of(world, 0), ends_of(world)
    for _ in range(3 * MOST):
        never.note("deck", REFUSED)
        ends.note("ingram/acme", REFUSED)

    assert not is_paused(world)
    assert not is_paused(world, "ingram/acme")


@pytest.mark.parametrize("outcome", [REFUSED, Done()])
def test_without_redis_nothing_is_raised(outcome: GiveUp | Done) -> None:
    nobody = redis.Redis(port=1, retry=Retry(NoBackoff(), 0))
    states = endpoint_states(nobody, Scripts(nobody), 1, 0.0)

    PartnerEnds(states, partners()).note("deck", outcome)


def test_a_paused_partner_is_known_by_its_own_name(redis: redis.Redis) -> None:
    world = build(redis)
    ends = ends_of(world)
    for _ in range(MOST):
        ends.note("deck", REFUSED)

    assert not is_paused(world, "ingram/deck")
