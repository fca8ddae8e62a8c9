"""`waybill publish` with a Redis that is unfit, or not there."""

import json
from collections.abc import Iterator

import pytest
import redis

from tests.redis_servers import RedisServer
from tests.waybill.terminal import Terminal
from tests.waybill.test_publish import event, stream


@pytest.fixture(autouse=True)
def persisting(redis: redis.Redis) -> Iterator[None]:
    """A Redis that keeps what it is given, as publishing demands."""
    redis.config_set("appendonly", "yes")
    yield
    redis.config_set("appendonly", "no")


def test_a_redis_that_forgets_is_not_promised_anything(
    redis: redis.Redis, waybill: Terminal
) -> None:
    redis.config_set("appendonly", "no")

    result = waybill("publish", "-", stdin=event("SO-1"))

    assert (result.exit_code, result.stdout) == (1, "")
    assert "nothing was published" in result.stderr
    assert "set appendonly yes, or WAYBILL_ALLOW_VOLATILE_REDIS=true" in result.stderr
    assert stream(redis) == {}


def test_a_redis_that_evicts_is_not_promised_anything_either(
    redis: redis.Redis, waybill: Terminal
) -> None:
    redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        result = waybill(
            "publish", "-", stdin=event("SO-1"), WAYBILL_ALLOW_VOLATILE_REDIS="true"
        )
    finally:
        redis.config_set("maxmemory-policy", "noeviction")

    assert result.exit_code == 1
    assert "set maxmemory-policy noeviction" in result.stderr
    assert stream(redis) == {}


def test_where_losing_events_is_fine_they_are_accepted_with_a_warning(
    redis: redis.Redis, waybill: Terminal
) -> None:
    redis.config_set("appendonly", "no")

    result = waybill(
        "publish", "-", stdin=event("SO-1"), WAYBILL_ALLOW_VOLATILE_REDIS="true"
    )

    assert result.exit_code == 0
    assert result.stderr.startswith("warning: Redis does not persist")
    assert len(stream(redis)) == 1


def test_json_reports_what_was_accepted_before_redis_failed(
    redis: redis.Redis, waybill: Terminal
) -> None:
    used = int(redis.info("memory")["used_memory"])
    many = b"\n".join(
        event(f"SO-{n}", data__purchase_order="P" * 200) for n in range(20_000)
    )
    redis.config_set("maxmemory", used + 2_000_000)
    try:
        result = waybill("publish", "--json", "-", stdin=many)
    finally:
        redis.config_set("maxmemory", 0)

    shown = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [one["entry"] for one in shown] == list(stream(redis))
    assert len(shown) > 0


def test_what_is_wrong_with_redis_settings_is_reported_all_at_once() -> None:
    result = Terminal({"WAYBILL_REDIS_URL": "http://x", "WAYBILL_STREEM": "x"})(
        "publish", "-", stdin=event("SO-1")
    )

    assert result.exit_code == 2
    assert "WAYBILL_REDIS_URL must be" in result.stderr
    assert "WAYBILL_STREEM is no setting; did you mean WAYBILL_STREAM?" in result.stderr


def test_a_full_redis_refuses_and_reports_it(
    redis: redis.Redis, waybill: Terminal
) -> None:
    redis.config_set("maxmemory", 1)
    try:
        result = waybill("publish", "-", stdin=event("SO-1"))
    finally:
        redis.config_set("maxmemory", 0)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "is full; raise maxmemory" in result.stderr


def test_a_redis_that_is_not_there_is_one_line_without_its_password() -> None:
    terminal = Terminal({"WAYBILL_REDIS_URL": "redis://me:hunter2@127.0.0.1:1/0"})

    result = terminal("publish", "-", stdin=event("SO-1"))

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert "redis://127.0.0.1:1/0 (WAYBILL_REDIS_URL) does not answer" in result.stderr
    assert "hunter2" not in result.output


@pytest.mark.parametrize("user", ["", "me:wrong@", ":wrong@"])
def test_a_wrong_password_is_reported_as_that(
    redis: redis.Redis, redis_server: RedisServer, user: str
) -> None:
    url = redis_server.url.replace("127.0.0.1", f"{user}127.0.0.1")
    redis.config_set("requirepass", "right")
    try:
        result = Terminal({"WAYBILL_REDIS_URL": url})(
            "publish", "-", stdin=event("SO-1")
        )
    finally:
        redis.config_set("requirepass", "")

    assert result.exit_code == 1
    assert "refuses the user or password" in result.stderr
    assert "wrong" not in result.output
