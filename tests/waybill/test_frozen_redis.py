"""A Redis that does not answer, or slowly each time, is named before patience ends."""

import io
import itertools
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.faults.proxy import Mode, Proxy
from tests.ledger.clock import World
from tests.processes.child import Child
from tests.redis_servers import RedisServer
from tests.waybill.terminal import Terminal
from tests.waybill.test_publish import event
from workers.redis.bounded_client import (
    CHANGING,
    LOOKING,
    Budget,
    changing_client,
    looking_client,
)

MAIN = "from waybill.main import main; main()"
READING = (
    ("status",),
    ("status", "--json"),
    ("doctor", "--offline"),
    ("explain", "SO-1"),
    ("find", "SO-1"),
    ("orders", "list"),
    ("dead-letters", "list"),
    ("dead-letters", "show", "event:1-0"),
    ("endpoints", "list"),
    ("endpoints", "show", "acme"),
)


@pytest.fixture
def waybill(environ: dict[str, str]) -> Terminal:
    """With the patience of an operator's command."""
    return Terminal(environ, patient=False)


@contextmanager
def frozen(server: RedisServer) -> Iterator[None]:
    """Redis is there, connections are accepted, and nothing is answered."""
    assert server.process is not None
    server.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        server.process.send_signal(signal.SIGCONT)


def behind(proxy: Proxy) -> dict[str, Any]:
    return {"WAYBILL_REDIS_URL": f"redis://127.0.0.1:{proxy.port}/0"}


def test_reading_commands_name_a_frozen_redis_before_long(
    environ: dict[str, str], redis_server: RedisServer, tmp_path: Path
) -> None:
    url = redis_server.url.replace("127.0.0.1", "me:hunter2@127.0.0.1")
    settings = environ | {"WAYBILL_REDIS_URL": url}
    with frozen(redis_server):
        children = {
            " ".join(command): Child(
                (sys.executable, "-c", MAIN, *command),
                tmp_path / "-".join(command),
                settings,
            )
            for command in READING
        }
        # Three seconds are promised; all at once may take as much of a busy machine.
        codes = {name: child.exit_code(12.0) for name, child in children.items()}

    assert set(codes.values()) == {1}, codes
    for name, child in children.items():
        output = child.output()
        assert f"redis://127.0.0.1:{redis_server.port}/0" in output, name
        assert "does not answer in time" in output, name
        assert "hunter2" not in output
        assert "Traceback" not in output


def test_one_patience_is_for_all_calls_of_a_client(redis_server: RedisServer) -> None:
    answered: list[bool] = []

    def ask_often(client: redis.Redis) -> None:
        answered.extend(client.ping() for _ in range(100))

    with Proxy(redis_server.port) as proxy:
        proxy.switch(Mode.LATENCY, 0.15)
        url = behind(proxy)["WAYBILL_REDIS_URL"]
        with looking_client(url, "test") as client, pytest.raises(redis.TimeoutError):
            ask_often(client)

    # Each answer takes 0.3 s, of which 0.1 are free.
    assert 0 < len(answered) <= LOOKING / 0.2


def test_prompt_answers_are_never_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    now = itertools.count(step=0.09)
    monkeypatch.setattr(
        "workers.redis.bounded_client.time.monotonic", lambda: next(now)
    )
    budget = Budget(1.0)
    before = budget.timeout

    for _ in range(1_000):
        with budget.spent():
            pass

    assert budget.timeout == before


def test_a_slow_answer_is_waited_for_while_there_is_patience(
    ledger: World, waybill: Terminal, redis_server: RedisServer
) -> None:
    assert ledger.redis.ping()
    with Proxy(redis_server.port) as proxy:
        proxy.switch(Mode.LATENCY, 0.04)

        result = waybill("dead-letters", "list", **behind(proxy))

    assert result.exit_code == 0, result.output


def test_the_doctor_looks_at_a_dead_server_once(
    waybill: Terminal, redis_server: RedisServer
) -> None:
    other = redis_server.url.removesuffix("/0") + "/1"
    with frozen(redis_server):
        shown = waybill.json("doctor", "--offline", WAYBILL_BROKER_URL=other)

    wrong = [one["name"] for one in shown if one["verdict"] == "wrong"]
    assert wrong == ["redis.reached"]
    assert "celery.queues" not in [one["name"] for one in shown]


VOLATILE = {"WAYBILL_ALLOW_VOLATILE_REDIS": "true"}


class Reading(io.BytesIO):
    """Standard input with something that happens when it is read."""

    def __init__(self, content: bytes, happens: Callable[[], None]) -> None:
        super().__init__(content)
        self._happens = happens

    def read1(self, size: int | None = -1, /) -> bytes:
        self._happens()
        return super().read1(size)

    def readline(self, size: int | None = -1, /) -> bytes:
        self._happens()
        return super().readline(size)

    def __next__(self) -> bytes:
        self._happens()
        return super().__next__()


def test_an_event_without_an_answer_is_in_doubt_and_reported_so(
    redis: redis.Redis,
    waybill: Terminal,
    redis_server: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workers.redis.bounded_client.CHANGING", 1.0)
    monkeypatch.setattr("workers.redis.bounded_client.CHANGE_RETRIES", 1)
    with Proxy(redis_server.port) as proxy:
        # What it asks before is answered, the event's own answer is lost.
        input_ = Reading(event("SO-1"), lambda: proxy.switch(Mode.DROP_REPLIES))

        lost = waybill("publish", "-", stdin=input_, **behind(proxy), **VOLATILE)

    assert lost.exit_code == 1
    assert "line 1: in doubt: no answer for event e-SO-1" in lost.stderr
    assert "again under the same id" in lost.stderr
    assert lost.stdout == ""
    assert redis.ping()


def test_who_changes_something_outlasts_a_restart_of_redis(
    redis_server: RedisServer,
) -> None:
    with changing_client(redis_server.url, "test") as client:
        client.ping()
        redis_server.kill()
        redis_server.start()

        assert client.set("test", "1")

    assert CHANGING > LOOKING
