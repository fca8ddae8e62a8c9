"""The users of Redis that going live proposes are taken, and may what they must."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.exceptions import NoPermissionError

from serializers.events.decode import EventType, decode
from serializers.events.entry_fields import of_event
from tests.docs.pages import text
from tests.ledger.clock import store_of
from tests.redis_servers import RedisServer
from tests.serializers.events.event_samples import wire
from tests.waybill.terminal import Terminal
from waybill.sandbox import environment
from workers.ledger import keys
from workers.ledger.claims import Claims
from workers.ledger.gates import Gates
from workers.ledger.identity.metadata import found
from workers.ledger.stream.view import StreamView
from workers.ledger.views.overview import overview
from workers.settings.settings import Settings
from workers.wiring.ledger import ledger_parts

PASSWORD = "going-live"


def proposed() -> list[str]:
    """The commands that make the users."""
    lines = text("docs/going-live.md").splitlines()
    return [line for line in lines if line.startswith("ACL SETUSER ")]


@pytest.fixture(name="users")
def made_users(redis: redis.Redis, redis_server: RedisServer) -> Iterator[RedisServer]:
    """A server that knows them."""
    names = []
    for line in proposed():
        command = line.replace(">PASSWORD", f">{PASSWORD}")
        names.append(command.split()[2])
        spoken(redis_server, command)
    yield redis_server
    redis.acl_deluser(*names)


def spoken(server: RedisServer, command: str) -> None:
    """Send a line as an operator types it."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as operator:
        operator.sendall(f"{command}\r\n".encode())
        assert operator.recv(1000) == b"+OK\r\n"


def as_user(server: RedisServer, user: str) -> redis.Redis:
    return redis.Redis(
        port=server.port,
        username=user,
        password=PASSWORD,
        protocol=2,
        socket_timeout=30,
    )


def test_the_erps_user_may_publish_and_nothing_else(users: RedisServer) -> None:
    with as_user(users, "erp") as erp:
        assert erp.xadd("orders:events", {"event": "{}"})

        with pytest.raises(NoPermissionError):
            erp.xlen("orders:events")
        with pytest.raises(NoPermissionError):
            erp.set("orders:events", "gone")
        with pytest.raises(NoPermissionError):
            erp.xadd("orders", {"event": "{}"})


def test_the_erps_user_may_run_waybill_publish(
    redis: redis.Redis, users: RedisServer, tmp_path: Path
) -> None:
    redis.config_set("appendonly", "yes")
    file = tmp_path / "event.json"
    file.write_text(json.dumps(wire()))
    url = users.url.replace("127.0.0.1", f"erp:{PASSWORD}@127.0.0.1")
    redis.acl_log_reset()
    try:
        done = subprocess.run(
            [Path(sys.executable).with_name("waybill"), "publish", str(file)],
            env={"WAYBILL_REDIS_URL": url},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        redis.config_set("appendonly", "no")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("  e-1  SO-1\n")
    assert redis.xlen("orders:events") == 1
    assert redis.acl_log() == [], "the command asks for more than the user may"


def test_without_leave_to_ask_publishing_reports_it_and_goes_on(
    redis: redis.Redis, users: RedisServer, tmp_path: Path
) -> None:
    spoken(users, "ACL SETUSER erp -info")
    file = tmp_path / "event.json"
    file.write_text(json.dumps(wire()))
    url = users.url.replace("127.0.0.1", f"erp:{PASSWORD}@127.0.0.1")

    result = Terminal({"WAYBILL_REDIS_URL": url})("publish", str(file))

    assert result.exit_code == 0
    assert result.stderr.startswith("note: this user may not ask INFO")
    assert redis.xlen("orders:events") == 1


def test_the_products_user_may_run_the_ledger(users: RedisServer) -> None:
    settings = Settings.load(environment("http://127.0.0.1:1"))
    with as_user(users, "waybill") as client:
        found(client, settings.partitions)
        parts = ledger_parts(settings, client)
        (stream,) = parts.stream.every
        stream.make()

        entry = stream.publish(b"not json")
        stream.read("one", 10, 1)
        store = store_of(parts)
        store.bury_event(entry, of_event(b"not json"), "malformed", "malformed")
        stream.acknowledge([entry])
        stream.trim()
        seen = overview(
            client, StreamView(client, "orders:events", "waybill"), ["deck"]
        )

        assert [letter.id for letter in parts.dead_letters.all()] == [f"event:{entry}"]
        assert Claims(parts.scripts, parts.retention).work() == []
        assert Gates(parts.scripts, parts.destinations).ask("deck", 1).calls == 1
        assert seen.dead == 1
        with pytest.raises(NoPermissionError):
            client.flushall()


def test_the_consoles_user_reaches_the_ledger_alone(users: RedisServer) -> None:
    """That it may do all that the console does, the console's own tests hold."""
    refused = (("FLUSHALL",), ("CONFIG", "GET", "*"), ("RPUSH", "orders", "x"))
    with as_user(users, "console") as console:
        assert console.set(keys.item(keys.prefix(0), "x"), "y")

        for command in refused:
            with pytest.raises(NoPermissionError):
                console.execute_command(*command)


def test_the_events_that_going_live_shows_are_events() -> None:
    shown = re.findall(r'(?m)^ *(\{"specversion".*\})$', text("docs/going-live.md"))

    assert [decode(one.encode()).type for one in shown] == [EventType.RETURNED] * 2
