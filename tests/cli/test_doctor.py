"""`waybill doctor`: one line for each check, and what to do about it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis
from celery import Celery

from sandbox.fault import Fault
from sandbox.server import Sandbox
from tests.cli.terminal import Terminal, ledger_of
from tests.ledger import acts
from tests.redis_servers import RedisServer, binaries, running
from workers.celery_settings import celery_settings
from workers.cli import doctor_partners, doctor_redis
from workers.cli.doctor_celery import is_message
from workers.cli.sandbox_environment import environment
from workers.clients.http import Reply
from workers.ledger import keys


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """A Redis with which nothing is wrong."""
    binary = next(iter(binaries().values()))
    with running(binary, "--appendonly", "yes", "--maxmemory", "100mb") as made:
        yield made


@pytest.fixture(name="redis")
def fit_redis(server: RedisServer) -> Iterator[redis.Redis]:
    with server.client() as client:
        client.flushall()
        yield client


@pytest.fixture
def environ(partners: Sandbox, server: RedisServer) -> dict[str, str]:
    return environment(partners.url) | {"WAYBILL_REDIS_URL": server.url}


@pytest.fixture
def waybill(redis: redis.Redis, environ: dict[str, str]) -> Terminal:
    """A terminal beside a founded ledger."""
    ledger_of(redis, environ)
    return Terminal(environ)


def found(terminal: Terminal, *options: str, **more: str) -> dict[str, dict[str, str]]:
    """Every check that is not ok, by name."""
    told = terminal.json("doctor", *options, stdin=b"", **more)
    return {one["name"]: one for one in told if one["verdict"] != "ok"}


def test_nothing_is_wrong_when_all_is_right(waybill: Terminal) -> None:
    result = waybill("doctor")

    assert result.exit_code == 0, result.output
    assert result.stdout.endswith(" ok, 0 warning, 0 wrong\n")
    for line in (
        "settings              complete",
        "westcon.token         Westcon's token endpoint gave one",
        "westcon.access        Westcon takes our token and subscription key",
        "deck.reached          DECK answers (HTTP 404)",
        "ingram.token          Ingram's token endpoint gave one",
        "ingram/acme           127.0.0.1 is called directly; its URL passes",
        "celery.versions       celery 5.7.0 with kombu 5.7.0: the guard",
    ):
        assert f"ok       {line}" in result.stdout


def test_no_endpoint_is_called_and_no_secret_is_shown(
    partners: Sandbox, waybill: Terminal
) -> None:
    before = partners.journal.count("receiver.*") + partners.journal.count("*.link")

    result = waybill("doctor")

    after = partners.journal.count("receiver.*") + partners.journal.count("*.link")
    assert after == before
    for name, value in waybill.environ.items():
        if name.endswith(("SECRET", "KEY")):
            assert value not in result.output
    assert "acme-secret" not in result.output


def test_offline_calls_nobody(partners: Sandbox, waybill: Terminal) -> None:
    before = partners.journal.count("*")

    told = waybill.json("doctor", "--offline")

    assert partners.journal.count("*") == before
    names = [one["name"] for one in told]
    assert "ingram/acme" in names
    assert "westcon.token" not in names


def test_every_gap_in_the_settings_is_told_and_redis_is_looked_at_all_the_same(
    redis: redis.Redis, server: RedisServer
) -> None:
    assert redis.ping()
    terminal = Terminal(
        {
            "WAYBILL_REDIS_URL": server.url,
            "WAYBILL_DECK__SITE_CODE": "S",
            "WAYBILL_WESTCON__CLIENT_ID": "me",
        }
    )

    result = terminal("doctor", "--json")

    told = json.loads(result.stdout)
    gaps = [one["says"].split()[0] for one in told if one["name"] == "settings"]
    assert result.exit_code == 1
    assert "WAYBILL_DECK__API_KEY" in gaps
    assert "WAYBILL_WESTCON__PARTNER_KEY" in gaps
    assert "redis.persistence" in [one["name"] for one in told]


def test_a_redis_that_is_not_there_is_told_and_the_partners_are_looked_at_all_the_same(
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
    ("name", "value", "check", "says"),
    [
        ("maxmemory-policy", "allkeys-lru", "redis.fit", "evict"),
        ("maxmemory", "1mb", "redis.memory", "Intake waits above 1 MB"),
    ],
)
def test_a_redis_that_may_lose_or_refuse_work_is_wrong(
    redis: redis.Redis, waybill: Terminal, name: str, value: str, check: str, says: str
) -> None:
    before = str(redis.config_get(name)[name])
    redis.config_set(name, value)
    try:
        told = found(waybill, "--offline")
    finally:
        redis.config_set(name, before)

    assert told[check]["verdict"] == "wrong"
    assert says in told[check]["says"]
    assert told[check]["advice"]


def test_a_redis_without_a_limit_or_an_append_only_file_is_told(
    redis_server: RedisServer, environ: dict[str, str]
) -> None:
    url = {"WAYBILL_REDIS_URL": redis_server.url}
    told = found(Terminal(environ | url), "--offline")
    allowed = url | {"WAYBILL_ALLOW_VOLATILE_REDIS": "true"}
    on_trial = found(Terminal(environ | allowed), "--offline")

    assert told["redis.persistence"]["verdict"] == "wrong"
    assert on_trial["redis.persistence"]["verdict"] == "warning"
    assert told["redis.memory"]["verdict"] == "warning"
    assert "redis.fit" not in told


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


def test_what_celery_itself_sends_is_in_order(
    redis: redis.Redis, waybill: Terminal, server: RedisServer
) -> None:
    app = Celery("told", set_as_current=False)
    app.conf.update(celery_settings(server.url))
    app.send_task("deck.link", args=["deck", 0, ["delivery:L1:1"]])
    app.close()

    told = waybill.json("doctor", "--offline")

    [queues] = [one for one in told if one["name"] == "celery.queues"]
    assert redis.llen("deck") == 1
    assert queues["verdict"] == "ok"
    assert queues["says"] == "4 queues in order, 1 hints wait"


def test_a_foreign_entry_in_a_queue_is_named_and_neither_shown_nor_consumed(
    redis: redis.Redis, waybill: Terminal
) -> None:
    redis.rpush("deck", b'{"body": "", "properties": {}}', b"jane@example.com")

    told = found(waybill, "--offline")["celery.queues"]

    assert told["verdict"] == "wrong"
    assert "entry 1 of queue deck (16 bytes) is no Celery message" in told["says"]
    assert "jane" not in json.dumps(told)
    assert redis.llen("deck") == 2


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("ingram", "queue ingram is a string, no list"),
        ("unacked", "key unacked is a string, no hash"),
    ],
)
def test_a_key_of_celerys_with_a_wrong_type_is_wrong(
    redis: redis.Redis, waybill: Terminal, key: str, says: str
) -> None:
    redis.set(key, "x")

    told = found(waybill, "--offline")["celery.queues"]

    assert told["says"] == says
    assert key in told["advice"]


def test_a_broker_that_is_not_there_is_named_by_its_own_variable(
    waybill: Terminal,
) -> None:
    broker = {"WAYBILL_BROKER_URL": "redis://127.0.0.1:1/0"}

    told = found(waybill, "--offline", **broker)

    assert "WAYBILL_BROKER_URL" in told["celery.queues"]["says"]
    assert "redis.reached" not in told


def test_a_wrong_client_secret_is_wrong_and_not_shown(waybill: Terminal) -> None:
    result = waybill("doctor", WAYBILL_WESTCON__CLIENT_SECRET="hunter2")

    assert result.exit_code == 1
    assert "wrong    westcon.token         Westcon's token endpoint refused" in (
        result.stdout
    )
    assert "hunter2" not in result.output


def test_a_wrong_subscription_key_is_wrong_and_not_shown(
    partners: Sandbox, waybill: Terminal
) -> None:
    before = partners.journal.count("westcon.order_status")

    result = waybill("doctor", WAYBILL_WESTCON__SUBSCRIPTION_KEY="hunter2")

    assert result.exit_code == 1
    said = " ".join(result.stdout.split())
    assert "wrong westcon.access Westcon refuses the subscription key" in said
    assert "WAYBILL_WESTCON__SUBSCRIPTION_KEY" in said
    assert "hunter2" not in result.output
    assert partners.journal.count("westcon.order_status") == before + 1


def test_without_a_token_westcon_is_not_asked(
    partners: Sandbox, waybill: Terminal
) -> None:
    before = partners.journal.count("westcon.order_status")

    told = found(waybill, WAYBILL_WESTCON__CLIENT_SECRET="hunter2")

    assert "westcon.token" in told
    assert "westcon.access" not in told
    assert partners.journal.count("westcon.order_status") == before


def test_the_doctors_refusal_does_not_become_the_workers(
    redis: redis.Redis, waybill: Terminal
) -> None:
    waybill("doctor", WAYBILL_WESTCON__CLIENT_SECRET="hunter2")

    assert not [key for key in redis.keys("*") if b"token" in key]


def test_a_partner_that_is_not_there_is_wrong(waybill: Terminal) -> None:
    told = found(waybill, WAYBILL_DECK__BASE_URL="http://127.0.0.1:1/deck")

    assert told["deck.reached"]["verdict"] == "wrong"
    assert "WAYBILL_DECK__BASE_URL" in told["deck.reached"]["advice"]


def test_a_token_endpoint_that_is_down_is_wrong(
    partners: Sandbox, waybill: Terminal
) -> None:
    partners.faults.order("token.ingram", Fault.status(503))

    told = found(waybill)

    assert told["ingram.token"]["verdict"] == "wrong"


def test_an_endpoint_that_the_guard_refuses_is_wrong(waybill: Terminal) -> None:
    told = found(waybill, "--offline", WAYBILL_INGRAM__ALLOWED_NETWORKS="[]")

    assert told["ingram/acme"]["verdict"] == "wrong"
    assert "WAYBILL_INGRAM__ALLOWED_NETWORKS" in told["ingram/acme"]["advice"]
    assert "ingram/globex" not in told


def test_an_endpoint_whose_name_stands_for_a_private_address_is_wrong(
    waybill: Terminal,
) -> None:
    endpoint = {
        "mode": "direct",
        "target_url": "http://localhost:9/x",
        "secrets": ["s"],
    }
    settings = {
        "WAYBILL_INGRAM__ENDPOINTS": json.dumps({"acme": endpoint}),
        "WAYBILL_INGRAM__ALLOWED_NETWORKS": '["10.0.0.0/8"]',
    }

    told = found(waybill, **settings)

    assert "address that may not be called" in told["ingram/acme"]["says"]


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(1, "ok"), (-60, "warning"), (900, "wrong")]
)
def test_a_partners_clock_that_is_far_off_is_told(seconds: int, verdict: str) -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    date = (now + timedelta(seconds=seconds)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    reply = Reply(404, {"date": date}, b"", 1.0)

    [check] = doctor_partners.clock("deck", "DECK", reply, now)

    assert check.verdict == verdict


@pytest.mark.parametrize("headers", [{}, {"date": "yesterday"}])
def test_a_partner_that_does_not_tell_its_time_is_not_judged(
    headers: dict[str, str],
) -> None:
    reply = Reply(404, headers, b"", 1.0)

    assert list(doctor_partners.clock("deck", "DECK", reply, datetime.now(UTC))) == []


@pytest.mark.parametrize(
    ("ahead", "verdict"), [(0.2, "ok"), (-30, "warning"), (600, "wrong")]
)
def test_redis_clock_that_is_far_off_is_told(ahead: float, verdict: str) -> None:
    assert doctor_redis.clock(ahead).verdict == verdict


@pytest.mark.parametrize(
    ("used", "verdict"), [(50, "ok"), (70, "warning"), (90, "wrong")]
)
def test_memory_near_the_watermark_is_told(used: int, verdict: str) -> None:
    info = {"used_memory": used, "maxmemory": 100}

    assert doctor_redis.memory(info, 0.85).verdict == verdict


def test_an_append_only_file_that_cannot_be_written_is_wrong() -> None:
    info = {"aof_enabled": 1, "aof_last_write_status": "err"}

    assert doctor_redis.persistence(info, allow_volatile=True).verdict == "wrong"


@pytest.mark.parametrize("entry", [b"", b"x", b"[]", b"{}", b'{"body": 1}', b"\xff"])
def test_what_kombu_cannot_read_is_no_message(entry: bytes) -> None:
    assert not is_message(entry)
