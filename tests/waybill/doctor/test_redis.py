"""Checks of Redis: reachable, and fit for the ledger."""

import pytest
import redis

from tests.redis_servers import RedisServer
from tests.waybill.doctor.findings import found
from tests.waybill.terminal import Terminal
from waybill.doctor.redis import memory, persistence


def test_an_absent_redis_is_reported_and_the_partners_are_looked_at_all_the_same(
    waybill: Terminal,
) -> None:
    url = "redis://:hunter2@127.0.0.1:1/0"

    result = waybill("doctor", WAYBILL_REDIS_URL=url)

    assert result.exit_code == 1
    assert "wrong    redis.reached         Redis at redis://127.0.0.1:1/0" in (
        result.stdout
    )
    assert "ok       westcon.token" in result.stdout
    assert "hunter2" not in result.output


@pytest.mark.parametrize(
    ("name", "value", "check", "message"),
    [
        ("maxmemory-policy", "allkeys-lru", "redis.fit", "evict"),
        ("maxmemory", "1mb", "redis.memory", "Intake waits above 1 MB"),
    ],
)
def test_a_redis_that_may_lose_or_refuse_work_is_wrong(
    redis: redis.Redis,
    waybill: Terminal,
    name: str,
    value: str,
    check: str,
    message: str,
) -> None:
    before = str(redis.config_get(name)[name])
    redis.config_set(name, value)
    try:
        shown = found(waybill, "--offline")
    finally:
        redis.config_set(name, before)

    assert shown[check]["verdict"] == "wrong"
    assert message in shown[check]["says"]
    assert shown[check]["advice"]


def test_a_redis_without_a_limit_or_an_append_only_file_is_reported(
    redis_server: RedisServer, environ: dict[str, str]
) -> None:
    url = {"WAYBILL_REDIS_URL": redis_server.url}
    shown = found(Terminal(environ | url), "--offline")
    allowed = url | {"WAYBILL_ALLOW_VOLATILE_REDIS": "true"}
    on_trial = found(Terminal(environ | allowed), "--offline")

    assert shown["redis.persistence"]["verdict"] == "wrong"
    assert on_trial["redis.persistence"]["verdict"] == "warning"
    assert shown["redis.memory"]["verdict"] == "warning"
    assert "redis.fit" not in shown


@pytest.mark.parametrize(
    ("used", "verdict"), [(50, "ok"), (70, "warning"), (90, "wrong")]
)
def test_memory_near_the_watermark_is_reported(used: int, verdict: str) -> None:
    info = {"used_memory": used, "maxmemory": 100}

    assert memory(info, 0.85).verdict == verdict


def test_an_append_only_file_that_cannot_be_written_is_wrong() -> None:
    info = {"aof_enabled": 1, "aof_last_write_status": "err"}

    assert persistence(info, allow_volatile=True).verdict == "wrong"


@pytest.mark.parametrize(
    ("settings", "verdict"),
    [({}, "wrong"), ({"WAYBILL_ASSUME_PERSISTENT": "true"}, "warning")],
)
def test_what_could_not_be_checked_is_named(
    redis: redis.Redis,
    environ: dict[str, str],
    settings: dict[str, str],
    verdict: str,
) -> None:
    commands = ["+@all", "-info", "-config"]
    redis.acl_setuser(
        "hosted",
        enabled=True,
        passwords=["+pass"],
        keys=["*"],
        channels=["*"],
        commands=commands,
    )
    address = environ["WAYBILL_REDIS_URL"].replace("//", "//hosted:pass@")

    shown = found(
        Terminal(environ | {"WAYBILL_REDIS_URL": address} | settings), "--offline"
    )

    redis.acl_deluser("hosted")
    assert "redis.reached" not in shown, "all is well with that"
    assert shown["redis.fit"]["verdict"] == verdict
    assert "its version, whether it evicts" in shown["redis.fit"]["says"]
    assert "+info" in shown["redis.fit"]["advice"]
    assert shown["redis.persistence"]["verdict"] == verdict
    assert "does not report" in shown["redis.persistence"]["says"]


@pytest.mark.parametrize(("given", "verdict"), [("wait:1", "wrong"), ("none", None)])
def test_replicas_that_are_waited_for_and_not_there_are_reported(
    waybill: Terminal, redis: redis.Redis, given: str, verdict: str | None
) -> None:
    assert redis.ping()

    shown = found(waybill, "--offline", WAYBILL_DURABILITY=given)

    assert shown.get("redis.replicas", {}).get("verdict") == verdict
