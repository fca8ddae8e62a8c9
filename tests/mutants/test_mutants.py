"""Every planted mistake is noticed, and what is sound is not."""

from collections.abc import Iterator

import pytest
import redis

from tests.ledger.replay_seed import OPTIONS, server
from tests.mutants.layers import WALKS, examples, seeds
from tests.mutants.mutant import Mutant
from tests.mutants.table import MUTANTS
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


@pytest.fixture(scope="module", name="client")
def one_server() -> Iterator[redis.Redis]:
    with running(server(), *OPTIONS) as one, one.client() as client:
        yield client


@pytest.mark.parametrize("name", MUTANTS)
def test_a_few_seeds_notice_a_mistake(client: redis.Redis, name: str) -> None:
    assert seeds(client, MUTANTS[name])


@pytest.mark.parametrize("name", EASY)
def test_the_machine_notices_a_mistake(client: redis.Redis, name: str) -> None:
    assert examples(client, MUTANTS[name], 60)


def test_without_a_mistake_nothing_is_noticed(client: redis.Redis) -> None:
    assert seeds(client, Mutant("none"), WALKS[8:12]) == ""
    assert examples(client, Mutant("none"), 12) == ""


def test_a_mistake_that_fits_no_script_proves_nothing(client: redis.Redis) -> None:
    gone = Mutant("gone", (("no script says this", ""),))

    with pytest.raises(ValueError, match="no script says"):
        seeds(client, gone)
