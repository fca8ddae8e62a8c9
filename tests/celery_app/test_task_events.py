"""Task events of what had no message: sent as Celery does, in batches, or dropped."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from celery import Celery
from celery.events.state import State
from kombu import Consumer

from tests.redis_servers import RedisServer, free_port
from workers.celery_app.settings import celery_settings
from workers.celery_app.task_events import BATCH, MOST, TaskEvents

COUNT = BATCH + 10


def app_at(broker_url: str) -> Celery:
    app = Celery("tests", set_as_current=False)
    app.conf.update(celery_settings(broker_url))
    return app


@contextmanager
def dispatcher(app: Celery, *groups: str) -> Iterator[Any]:
    with app.connection_for_write() as connection:
        yield app.events.Dispatcher(connection, hostname="here", groups=groups)


def noted(count: int) -> TaskEvents:
    events = TaskEvents()
    for number in range(count):
        fields = {"name": "deck.link", "args": "[]", "kwargs": "{}"}
        events.note("task-received", 1000.0 + number, uuid=str(number), **fields)
    return events


class Receiver:
    """Whoever listens to Celery's events, as Flower does."""

    def __init__(self, app: Celery, connection: Any) -> None:
        self.state: Any = State()
        self.messages = 0
        self._made = app.events.Receiver(connection, handlers={"*": self.state.event})

    def listening(self) -> Consumer:
        return Consumer(
            self._made.connection.default_channel,
            queues=[self._made.queue],
            callbacks=[self._received],
            no_ack=True,
            accept=["json"],
        )

    def subscribed(self, server: RedisServer) -> None:
        """Wait until Redis knows of it."""
        with server.client() as client:
            while not client.pubsub_numpat():
                with suppress(TimeoutError):
                    self._made.connection.drain_events(timeout=0.1)

    def _received(self, body: Any, message: Any) -> None:
        self.messages += 1
        self._made._receive(body, message)

    def receive(self, count: int) -> None:
        while self.state.task_count < count:
            self._made.connection.drain_events(timeout=60)


def test_a_receiver_of_celerys_events_takes_them_in_batches(
    redis_server: RedisServer,
) -> None:
    app, events = app_at(redis_server.url), noted(COUNT)
    with app.connection_for_read() as connection:
        receiver = Receiver(app, connection)
        with receiver.listening(), dispatcher(app) as sender:
            receiver.subscribed(redis_server)
            events.send(sender)
            receiver.receive(COUNT)

    task = receiver.state.tasks["7"]
    assert (task.state, task.name, task.worker.hostname) == (
        "RECEIVED",
        "deck.link",
        "here",
    )
    assert (receiver.messages, len(receiver.state.tasks)) == (2, COUNT)


def published(server: RedisServer) -> int:
    """How many messages were ever published on this server."""
    with server.client() as client:
        found = client.info("commandstats").get("cmdstat_publish", {"calls": 0})
    return int(found["calls"])


@pytest.mark.parametrize("why", ["away", "closed", "unwanted", "no dispatcher"])
def test_those_that_cannot_be_sent_are_dropped(
    redis_server: RedisServer, why: str
) -> None:
    here = app_at(redis_server.url)
    away = app_at(f"redis://127.0.0.1:{free_port()}/0")
    events, before = noted(COUNT), published(redis_server)

    if why == "no dispatcher":
        events.send(None)
    else:
        groups = ("worker",) if why == "unwanted" else ()
        with dispatcher(away if why == "away" else here, *groups) as sender:
            if why == "closed":
                sender.close()
            events.send(sender)

    with dispatcher(here) as sender:
        events.send(sender)
    assert published(redis_server) == before


def test_the_oldest_go_where_nothing_is_sent_for_long(
    redis_server: RedisServer,
) -> None:
    app, events = app_at(redis_server.url), noted(MOST + 1)
    before = published(redis_server)

    with dispatcher(app) as sender:
        events.send(sender)

    assert published(redis_server) - before == MOST / BATCH
