"""`waybill doctor`: one line for each check, and what to do about it."""

import json

import redis

from sandbox.server import Sandbox
from tests.redis_servers import RedisServer
from tests.waybill.terminal import Terminal


def test_nothing_is_wrong_when_all_is_right(waybill: Terminal) -> None:
    result = waybill("doctor", WAYBILL_DEPLOYMENT="tests")

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

    shown = waybill.json("doctor", "--offline")

    assert partners.journal.count("*") == before
    names = [one["name"] for one in shown]
    assert "ingram/acme" in names
    assert "westcon.token" not in names


def test_every_gap_in_the_settings_is_reported_and_redis_is_looked_at_all_the_same(
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

    shown = json.loads(result.stdout)
    gaps = [one["says"].split()[0] for one in shown if one["name"] == "settings"]
    assert result.exit_code == 1
    assert "WAYBILL_DECK__API_KEY" in gaps
    assert "WAYBILL_WESTCON__PARTNER_KEY" in gaps
    assert "redis.persistence" in [one["name"] for one in shown]
