"""A hint that cannot be sent costs a lease, and stops nobody."""

from collections.abc import Callable

import redis as redis_library
from celery import Celery
from structlog.testing import LogCapture

from tasks.ledger_values import Claim, Hint
from tasks.planning.rules import DECK
from tests.defaults import destination, retry
from tests.redis_servers import RedisServer, free_port
from workers.celery_app.settings import celery_settings
from workers.dispatch.hints import CeleryHints
from workers.dispatch.slots import Slots
from workers.dispatch.threads import Threads

HINT = Hint(DECK, 0, (Claim("delivery:1", 1),))
#: As little as no data set fits into.
FULL = 1


def hints(broker_url: str, begins: Callable[[], None] = lambda: None) -> CeleryHints:
    app = Celery("tests", set_as_current=False)
    app.conf.update(celery_settings(broker_url))
    deck = destination(DECK, retry((1.0,)))
    known = {deck.name: deck}
    nobody = Threads(Slots(1), lambda: False)
    return CeleryHints(app, nobody, known, lambda _: 0.1, begins, lambda _: True)


def lost(logged: LogCapture) -> list[tuple[str, str]]:
    found = [one for one in logged.entries if one["event"] == "hint_lost"]
    return [(one["task"], one["error"]) for one in found]


def test_what_guards_the_work_is_woken_before_anything_is_sent(
    redis: redis_library.Redis, redis_server: RedisServer
) -> None:
    queued: list[int] = []
    way = hints(redis_server.url, lambda: queued.append(int(redis.llen("deck"))))

    way.send([HINT])

    assert (queued, redis.llen("deck")) == ([0], 1)


def test_a_broker_that_is_away_is_only_logged(logged: LogCapture) -> None:
    way = hints(f"redis://127.0.0.1:{free_port()}/0")

    way.send([HINT])

    assert lost(logged) == [("deck.link", "ConnectionError")]


def test_a_broker_that_is_full_is_only_logged(
    redis_server: RedisServer, logged: LogCapture
) -> None:
    way = hints(redis_server.url)

    with redis_server.client() as client:
        client.config_set("maxmemory", FULL)
        try:
            way.receive(["1-1"])
        finally:
            client.config_set("maxmemory", 0)

    assert lost(logged) == [("orders.receive", "OutOfMemoryError")]
