"""`waybill partitions` at a terminal."""

import pytest
import redis

from tests.ledger import acts
from tests.ledger.clock import World
from tests.waybill.terminal import Terminal
from workers.ledger import keys
from workers.ledger.identity.heartbeats import Heartbeats
from workers.ledger.layout import keys as layout_keys
from workers.ledger.layout.layout import decision, follow, unmoved
from workers.ledger.layout.stages import moving, widened
from workers.ledger.scripts import Scripts

NUMBERS = [f"SO-{n}" for n in range(20)]


@pytest.fixture(name="full")
def with_orders(ledger: World) -> World:
    """A ledger of one partition with orders, and no worker."""
    Heartbeats(ledger.redis).end("a worker")
    for number in NUMBERS:
        acts.dead(ledger, acts.link(f"L-{number}"), number=number)
    return ledger


def stop_within(client: redis.Redis, goal: int) -> None:
    """Somebody has begun to move the orders, and was stopped."""
    scripts = Scripts(client)
    wider = widened(unmoved(1), goal)
    moved = moving(wider, 0)
    assert scripts.run(decision(unmoved(1), wider))
    assert scripts.run(decision(wider, moved))
    follow(scripts, moved)


@pytest.mark.usefixtures("full")
def test_a_ledgers_orders_are_planned_moved_and_verified(waybill: Terminal) -> None:
    planned = waybill("partitions", "plan", "4")
    applied = waybill("partitions", "apply", "4", "--as=jane", "--reason=growth")
    verified = waybill("partitions", "verify")
    shown = waybill("partitions")
    audit = waybill.json("audit", "list")

    moved = sum(bool(keys.partition_of(number, 4)) for number in NUMBERS)
    assert f"{moved} of 20 orders would move" in planned.stdout
    assert "`waybill partitions apply 4`" in planned.stdout
    assert f"{moved} orders moved" in applied.stdout
    assert "All of every order lies where it belongs." in verified.stdout
    assert "new orders go into 4 partitions" in shown.stdout
    assert [one["what"] for one in audit] == [
        "partitions.widening",
        "partitions.moving",
        "partitions.settled",
    ]
    assert {(one["who"], one["why"]) for one in audit} == {("jane", "growth")}
    codes = {one.exit_code for one in (planned, applied, verified, shown)}
    assert codes == {0}


@pytest.mark.usefixtures("full")
def test_a_program_reads_all_of_it(waybill: Terminal) -> None:
    planned = waybill.json("partitions", "plan", "8")
    applied = waybill.json("partitions", "apply", "8")
    verified = waybill.json("partitions", "verify")
    shown = waybill.json("partitions")

    assert sum(one["orders"] for one in planned["moving"]) == applied["moved"]
    assert (applied["stage"], applied["count"]) == ("settled", 8)
    assert sum(verified["orders"].values()) == len(NUMBERS)
    assert verified["wrong"] == {}
    assert (shown["count"], shown["width"], shown["index"]) == (8, 8, 1)


def test_another_number_is_refused_with_the_command_that_goes_on(
    full: World, waybill: Terminal
) -> None:
    stop_within(full.redis, 8)

    refused = waybill("partitions", "apply", "4")
    gone_on = waybill("partitions", "apply", "8")

    assert refused.exit_code == 1
    assert "`waybill partitions apply 8` goes on" in refused.stderr
    assert gone_on.exit_code == 0


def test_status_and_doctor_name_the_command_that_goes_on(
    full: World, waybill: Terminal
) -> None:
    stop_within(full.redis, 8)

    status, doctor = waybill("status"), waybill("doctor")
    full.redis.set(layout_keys.MOVER, "jane")
    watched = waybill("status")

    for shown in (status, doctor):
        assert shown.exit_code == 1
        assert "`waybill partitions apply 8` goes on" in shown.stdout
    assert "goes on" not in watched.stdout
    assert "jane is at it" in watched.stdout
    assert waybill.json("status")["repartition"] == {
        "stage": "moving",
        "goal": 8,
        "mover": "jane",
    }


def test_workers_of_an_older_release_are_named(
    ledger: World, waybill: Terminal
) -> None:
    word = '1790000000000 {"name": "celery@old", "version": "1.2"}'
    seconds, micros = ledger.redis.time()
    now = f"{int(seconds) * 1000 + int(micros) // 1000}"
    ledger.redis.hset(keys.WORKERS, "a worker", word.replace("1790000000000", now))

    refused = waybill("partitions", "apply", "4")

    assert refused.exit_code == 1
    assert "older release" in refused.stderr
    assert "celery@old (1.2)" in refused.stderr
    assert ledger.redis.get(layout_keys.LAYOUT) is None


def test_an_order_that_cannot_move_is_named(full: World, waybill: Terminal) -> None:
    number = next(one for one in NUMBERS if keys.partition_of(one, 4))
    full.redis.hset(
        keys.order(keys.prefix(keys.partition_of(number, 4)), number), "version", 1
    )

    applied = waybill("partitions", "apply", "4")
    verified = waybill("partitions", "verify")

    assert applied.exit_code == 1
    assert f"{number} is in partition" in applied.stderr
    assert "`waybill partitions apply 4` tries again" in applied.stderr
    assert verified.exit_code == 0, "while orders move, a parcel is no finding"


def test_a_command_that_another_repartition_has_outrun_says_so(
    full: World, waybill: Terminal
) -> None:
    full.redis.set(layout_keys.followed(keys.prefix(0)), 99)

    applied = waybill("partitions", "apply", "4")

    assert applied.exit_code == 1
    assert "gone on with another repartition" in applied.stderr
    assert "`waybill partitions` shows the layout" in applied.stderr


def test_what_lies_elsewhere_is_named_with_what_mends_it(
    full: World, waybill: Terminal
) -> None:
    full.redis.set(keys.PARTITIONS, 4)

    verified = waybill("partitions", "verify")
    mended = waybill("partitions", "apply", "4")
    again = waybill("partitions", "verify")

    assert verified.exit_code == 1
    assert "`waybill partitions apply 4` moves them" in verified.stdout
    assert (mended.exit_code, again.exit_code) == (0, 0)


def test_a_redis_without_a_ledger_is_refused(
    redis: redis.Redis, waybill: Terminal
) -> None:
    for command in ("plan", "apply"):
        refused = waybill("partitions", command, "4")
        assert refused.exit_code == 1
        assert "WAYBILL_PARTITIONS" in refused.stderr
    assert redis.dbsize() == 0
