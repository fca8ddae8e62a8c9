"""Each destination's last failure is kept where its outcome is written."""

import pytest
import redis

from tasks.outcomes.errors import Gone, NotYet, Throttled
from tasks.outcomes.outcome import Again, Done, GiveUp, Later, Outcome, judge
from tests.defaults import retry
from tests.ledger import acts
from tests.ledger.clock import World, build
from workers.ledger import keys
from workers.ledger.attempt_calls import EXCERPT
from workers.ledger.endpoints.unknown import UnknownEndpoints
from workers.ledger.views.failures import Failure, last_failures

WHY = 'DECK answered 503: "busy"'


def failed(world: World, outcome: Outcome, number: str = "SO-1") -> None:
    new = acts.link(f"L{number}")
    hint = acts.sent(world, acts.admit(world, new, number=number).leased[0])
    acts.settle(world, hint, outcome)


@pytest.mark.parametrize(
    "outcome",
    [
        Again(10.0, WHY, "http_503"),
        GiveUp(WHY, "http_503"),
        Later(10.0, WHY, "http_503", failed=True),
    ],
)
def test_whatever_follows_a_failure_is_kept_with_its_moment(
    world: World, outcome: Outcome
) -> None:
    failed(world, outcome)

    kept = {"deck": Failure(world.clock.now_ms, "http_503", WHY)}
    assert last_failures(world.redis) == kept


@pytest.mark.parametrize("outcome", [Done(), Later(10.0, "not yet", "nao")])
def test_what_says_nothing_of_the_destination_is_not_kept(
    world: World, outcome: Outcome
) -> None:
    failed(world, outcome)

    assert last_failures(world.redis) == {}
    assert not world.redis.exists(keys.failures(acts.root(world)))


def test_of_a_wait_it_is_the_kind_of_the_error_that_counts() -> None:
    policy = retry(pauses=(10.0,), throttled_waits=True)
    asked = (
        (NotYet("its order is new", code="nao", after=9.0), False),
        (NotYet("the key is refused", code="key", after=9.0, shared=True), True),
        (Gone("it wants no more", code="http_410"), True),
        (Throttled("slow down", code="http_429", retry_after=9.0), True),
    )

    for error, is_failure in asked:
        outcome = judge(error, 1, policy, 0.0)
        assert isinstance(outcome, Later)
        assert outcome.failed is is_failure, error


def test_who_has_lost_the_item_reports_no_failure(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.link()).leased[0])

    assert acts.settle(world, hint, acts.AGAIN, run="another") == ["fenced"]

    assert last_failures(world.redis) == {}


def test_of_all_partitions_the_newest_counts_in_one_line_of_bounded_length(
    redis: redis.Redis,
) -> None:
    world = build(redis, partitions=4)
    for n in range(8):
        world.clock.advance(1_000)
        failed(world, Again(1.0, f"line\n\t{n}" + "ä" * 300, f"a b{n}"), f"SO-{n}")

    [(name, kept)] = last_failures(world.redis, 4).items()

    assert (name, kept.at_ms, kept.code) == ("deck", world.clock.now_ms, "a_b7")
    assert kept.message.startswith("line 7ä")
    assert len(kept.message) == EXCERPT


def test_a_key_of_another_kind_costs_no_outcome_and_no_look(world: World) -> None:
    world.redis.set(keys.failures(acts.root(world)), "x")

    failed(world, acts.AGAIN)

    assert acts.state(world, "delivery:LSO-1") == "due"
    assert last_failures(world.redis) == {}


def test_an_endpoint_that_is_forgotten_has_no_failure(world: World) -> None:
    hint = acts.sent(world, acts.admit(world, acts.notification()).leased[0])
    acts.settle(world, hint, acts.AGAIN)
    assert set(last_failures(world.redis)) == {"ingram/acme"}

    UnknownEndpoints(world.scripts, world.retention).forget("acme")

    assert last_failures(world.redis) == {}
