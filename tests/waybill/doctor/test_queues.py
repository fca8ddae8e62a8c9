"""Check of Celery's queues: they hold only what Celery can read."""

import json

import pytest
import redis
from celery import Celery

from tests.redis_servers import RedisServer
from tests.waybill.doctor.findings import found
from tests.waybill.terminal import Terminal
from waybill.doctor.queues import is_message
from workers.celery_app.settings import celery_settings


def test_what_celery_itself_sends_is_in_order(
    redis: redis.Redis, waybill: Terminal, server: RedisServer
) -> None:
    app = Celery("told", set_as_current=False)
    app.conf.update(celery_settings(server.url))
    app.send_task("deck.link", args=["deck", 0, ["delivery:L1:1"]])
    app.close()

    shown = waybill.json("doctor", "--offline")

    [queues] = [one for one in shown if one["name"] == "celery.queues"]
    assert redis.llen("deck") == 1
    assert queues["verdict"] == "ok"
    assert queues["says"] == "4 queues in order, 1 hints wait"


def test_a_foreign_entry_in_a_queue_is_named_and_neither_shown_nor_consumed(
    redis: redis.Redis, waybill: Terminal
) -> None:
    redis.rpush("deck", b'{"body": "", "properties": {}}', b"jane@example.com")

    shown = found(waybill, "--offline")["celery.queues"]

    assert shown["verdict"] == "wrong"
    assert "entry 1 of queue deck (16 bytes) is no Celery message" in shown["says"]
    assert "jane" not in json.dumps(shown)
    assert redis.llen("deck") == 2


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("ingram", "queue ingram is a string, no list"),
        ("unacked", "key unacked is a string, no hash"),
    ],
)
def test_a_key_of_celerys_with_a_wrong_type_is_wrong(
    redis: redis.Redis, waybill: Terminal, key: str, message: str
) -> None:
    redis.set(key, "x")

    shown = found(waybill, "--offline")["celery.queues"]

    assert shown["says"] == message
    assert key in shown["advice"]


def test_a_broker_that_is_not_there_is_named_by_its_own_variable(
    waybill: Terminal,
) -> None:
    broker = {"WAYBILL_BROKER_URL": "redis://127.0.0.1:1/0"}

    shown = found(waybill, "--offline", **broker)

    assert "WAYBILL_BROKER_URL" in shown["celery.queues"]["says"]
    assert "redis.reached" not in shown


@pytest.mark.parametrize("entry", [b"", b"x", b"[]", b"{}", b'{"body": 1}', b"\xff"])
def test_what_kombu_cannot_read_is_no_message(entry: bytes) -> None:
    assert not is_message(entry)
