"""A ledger belongs to one deployment, and no other one acts on it."""

import pytest
import redis

from tests.ledger.audited import done
from workers.ledger import keys
from workers.ledger.audit.actor import Actor
from workers.ledger.identity.deployment import adopt, owner, refusal, rename
from workers.ledger.identity.metadata import LedgerMismatchError, found
from workers.ledger.scripts import Scripts


def test_the_first_that_has_a_name_names_the_ledger(redis: redis.Redis) -> None:
    found(redis, 1)
    assert owner(redis) == ""

    found(redis, 1, "production")

    found(redis, 1, "production")
    assert owner(redis) == "production"


@pytest.mark.parametrize("other", ["staging", "Production", ""])
def test_any_other_name_is_refused_and_changes_nothing(
    redis: redis.Redis, other: str
) -> None:
    found(redis, 1, "production")
    for key in (keys.EPOCH, keys.PARTITIONS, keys.NAMESPACE):
        redis.delete(key)

    with pytest.raises(LedgerMismatchError) as refused:
        found(redis, 1, other)

    text = str(refused.value)
    assert "belongs to deployment production" in text
    assert (f"WAYBILL_DEPLOYMENT is {other}" if other else "is not set") in text
    assert "`waybill doctor --rename-deployment production`" in text
    assert list(redis.scan_iter()) == [keys.DEPLOYMENT.encode()]


def test_of_two_that_name_a_ledger_at_once_the_first_has_it(
    redis: redis.Redis,
) -> None:
    assert adopt(redis, "production") == "production"

    # Nobody had it when this one looked.
    assert adopt(redis, "staging") == "production"

    assert owner(redis) == "production"


def test_only_the_ledger_that_is_meant_is_renamed(redis: redis.Redis) -> None:
    found(redis, 1, "production")

    scripts, jane = Scripts(redis), Actor("jane")

    assert rename(scripts, "staging", "live", jane) == "production"
    assert rename(scripts, "", "live", jane) == "production"
    assert rename(scripts, "production", "live", jane) == "live"
    assert owner(redis) == "live"
    (entry,) = done(redis)
    assert (entry.stated("what"), entry.before, entry.after) == (
        "ledger.renamed",
        "production",
        "live",
    )


def test_a_ledger_without_a_name_is_nobodys_else() -> None:
    assert refusal("", "staging") == ""
    assert refusal("", "") == ""
