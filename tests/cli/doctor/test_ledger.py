"""Whether the ledger fits the settings."""

import redis

from tests.cli.doctor.findings import found
from tests.cli.terminal import Terminal, ledger_of
from tests.ledger import acts
from workers.ledger import keys


def test_a_redis_without_a_ledger_is_a_warning(
    redis: redis.Redis, environ: dict[str, str]
) -> None:
    told = found(Terminal(environ), "--offline")

    assert redis.dbsize() == 0
    assert told["ledger"]["verdict"] == "warning"
    assert "the first one makes it" in told["ledger"]["advice"]


def test_a_ledger_of_another_number_of_partitions_is_wrong(waybill: Terminal) -> None:
    told = found(waybill, "--offline", WAYBILL_PARTITIONS="2")

    assert told["ledger"]["verdict"] == "wrong"
    assert told["ledger"]["advice"] == "set WAYBILL_PARTITIONS=1"


def test_a_ledger_without_its_mark_is_wrong(
    redis: redis.Redis, waybill: Terminal
) -> None:
    redis.delete(keys.EPOCH)

    assert found(waybill, "--offline")["ledger"]["verdict"] == "wrong"


def test_work_for_a_destination_that_is_not_configured_is_wrong(
    redis: redis.Redis, waybill: Terminal
) -> None:
    world = ledger_of(redis, waybill.environ)
    acts.admit(world, acts.notification("N1", "gone"))

    told = found(waybill, "--offline")

    assert told["ledger.destinations"]["verdict"] == "wrong"
    assert "ingram/gone holds items (1)" in told["ledger.destinations"]["says"]
