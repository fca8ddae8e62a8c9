"""The search of the protocol notices every mistake in the ledger, and no other."""

from collections.abc import Iterator

import pytest
import redis

from tests.ledger.replay_seed import OPTIONS, server
from tests.mutants.layers import WALKS, examples, seeds
from tests.mutants.mutant import Mutant
from tests.mutants.table import LEDGER
from tests.redis_servers import running

#: Those that the machine finds within its first examples.
EASY = (
    "no dedup",
    "begin is not one-shot",
    "a fence does not rise",
    "a claim takes two steps",
    "replay does not compare and set",
    "the gate is ignored by claim",
)

#: Those that the walk is tried with in every run; the others, of which most take a
#: long walk, are for CI.
OFTEN = (
    *EASY,
    "a dead letter holds nothing",
    "an order is forgotten while a link of it is a dead letter",
    "no row of letters disables a receiver",
)
#: The one of them that takes the machine as many examples as all others.
SLOW = "a fence does not rise"

SOUND = Mutant("none", 1, ())


@pytest.fixture(scope="module", name="client")
def one_server() -> Iterator[redis.Redis]:
    with running(server(), *OPTIONS) as one, one.client() as client:
        yield client


@pytest.mark.parametrize(
    "name",
    [n if n in OFTEN else pytest.param(n, marks=pytest.mark.long) for n in LEDGER],
)
def test_a_few_seeds_notice_a_mistake(client: redis.Redis, name: str) -> None:
    assert seeds(client, LEDGER[name])


@pytest.mark.parametrize(
    "name",
    [n if n != SLOW else pytest.param(n, marks=pytest.mark.long) for n in EASY],
)
def test_the_machine_notices_a_mistake(client: redis.Redis, name: str) -> None:
    assert examples(client, LEDGER[name], 60)


def test_without_a_mistake_nothing_is_noticed(client: redis.Redis) -> None:
    assert seeds(client, SOUND, WALKS[8:11]) == ""
    assert examples(client, SOUND, 6) == ""


def test_a_mistake_that_fits_no_script_proves_nothing(client: redis.Redis) -> None:
    gone = Mutant("gone", 1, (), changes=(("no script holds this", ""),))

    with pytest.raises(ValueError, match="no script holds"):
        seeds(client, gone)
