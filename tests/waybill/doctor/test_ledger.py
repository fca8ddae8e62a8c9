"""Checks of the ledger's fit to the settings."""

import pytest
import redis

from tests.ledger import acts
from tests.redis_servers import RedisServer
from tests.waybill.doctor.findings import found
from tests.waybill.terminal import Terminal, ledger_of
from workers.ledger import keys
from workers.ledger.identity.metadata import LOST, LOST_OR_NEW
from workers.redis.clients import patient_client


def test_a_redis_without_a_ledger_is_a_warning(
    redis: redis.Redis, environ: dict[str, str]
) -> None:
    shown = found(Terminal(environ), "--offline")

    assert redis.dbsize() == 0
    assert shown["ledger"]["verdict"] == "warning"
    assert shown["ledger"]["says"] == LOST_OR_NEW.message
    assert shown["ledger"]["advice"] == LOST_OR_NEW.advice
    reasons = Terminal(environ).json("status")["reasons"]
    assert any(reason.startswith(str(LOST_OR_NEW)) for reason in reasons)
    assert str(LOST_OR_NEW) in Terminal(environ)("explain", "SO-1").stderr


def test_to_restore_comes_first_wherever_there_may_have_been_a_ledger() -> None:
    assert LOST_OR_NEW.message.startswith(LOST.message)
    assert LOST_OR_NEW.advice.startswith(LOST.advice)


def test_events_that_came_before_the_first_worker_are_no_ledger(
    redis: redis.Redis, environ: dict[str, str]
) -> None:
    redis.xadd("orders:events", {"event": "x"})

    assert found(Terminal(environ), "--offline")["ledger"]["verdict"] == "warning"


@pytest.mark.parametrize("partitions", ["1", "4"])
def test_whatever_is_left_of_a_ledger_shows_that_there_was_one(
    redis: redis.Redis, environ: dict[str, str], partitions: str
) -> None:
    cut = environ | {"WAYBILL_PARTITIONS": partitions}
    acts.dead(ledger_of(redis, cut), acts.link())
    redis.delete(keys.EPOCH, keys.PARTITIONS)

    shown = found(Terminal(cut), "--offline")["ledger"]

    assert (shown["verdict"], shown["says"]) == ("wrong", LOST.message)
    assert shown["advice"] == LOST.advice


def test_a_worker_that_is_connected_shows_that_there_was_one(
    redis: redis.Redis, server: RedisServer, environ: dict[str, str]
) -> None:
    assert redis.dbsize() == 0
    with patient_client(server.url, "intake") as intake:
        intake.ping()

        shown = found(Terminal(environ), "--offline")["ledger"]

    assert (shown["verdict"], shown["advice"]) == ("wrong", LOST.advice)


def test_a_setting_of_another_number_of_partitions_is_nothing_wrong(
    waybill: Terminal,
) -> None:
    assert "ledger" not in found(waybill, "--offline", WAYBILL_PARTITIONS="2")


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

    shown = found(waybill, "--offline")

    assert shown["ledger.destinations"]["verdict"] == "wrong"
    assert "ingram/gone holds items (1)" in shown["ledger.destinations"]["says"]
