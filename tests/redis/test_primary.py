"""A connection that leads to a replica is lost, and made anew to the primary."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
import redis
from celery import Celery
from kombu import Connection as Broker
from kombu.transport import redis as transport
from redis.exceptions import ResponseError

from tests.faults.proxy import Proxy
from tests.processes.waiting import until
from tests.redis_servers import RedisServer, binaries, running
from waybill.trouble import trouble
from workers.celery_app import kombu_guard
from workers.celery_app.settings import celery_settings
from workers.ledger.scripts import Call, Scripts
from workers.redis.bounded_client import changing_client
from workers.redis.clients import hasty_client, ledger_client, patient_client
from workers.redis.failures import awaited
from workers.redis.primary import (
    DEMOTIONS,
    DemotedError,
    WithoutReplicasError,
    is_demoted,
)

SCRIPTED = (
    "Error running script (call to f_a): @user_script:1: @user_script: 1: -READONLY You"
    " can't write against a read only replica."
)
UNBLOCKED = (
    "UNBLOCKED force unblock from blocking operation, instance state changed (master"
    " -> replica?)"
)

#: Reads a key, then writes it, as the ledger's scripts do.
COUNT = "redis.call('GET', KEYS[1]) return redis.call('INCR', KEYS[1])"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two servers behind one address."""

    first: RedisServer
    second: RedisServer
    proxy: Proxy

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.proxy.port}/0"

    def fail_over(self) -> None:
        """The first follows the second now, and keeps its connections."""
        with self.first.client() as old, self.second.client() as new:
            written = old.info()["master_repl_offset"]
            until("it has all", lambda: new.info()["slave_repl_offset"] >= written)
            new.replicaof("NO", "ONE")
            old.replicaof("127.0.0.1", self.second.port)
            until("it follows", lambda: old.info()["master_link_status"] == "up")
        self.proxy.lead_to(self.second.port)


@pytest.fixture(params=sorted(binaries()))
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    binary = binaries()[request.param]
    with ExitStack() as things:
        # Else a full copy waits five seconds for more replicas.
        at_once = "--repl-diskless-sync-delay", "0"
        first = things.enter_context(running(binary, *at_once))
        second = things.enter_context(running(binary, *at_once))
        with second.client() as client:
            client.replicaof("127.0.0.1", first.port)
            until("it follows", lambda: client.info()["master_link_status"] == "up")
        yield Pair(first, second, things.enter_context(Proxy(first.port)))


def test_scripts_of_a_round_trip_go_on_at_the_new_primary(pair: Pair) -> None:
    scripts = Scripts(ledger_client(pair.url, 4), {"count": COUNT})
    assert scripts.run(Call("count", "k", ())) == 1

    pair.fail_over()

    answers = scripts.run_each([Call("count", "k", ()), Call("count", "k", ())])
    assert answers == [2, 3]
    with pair.second.client() as client:
        assert client.get("k") == b"3"


@pytest.mark.parametrize("command", ["SET k v", "XADD s * f v", "LPUSH l v"])
def test_one_command_goes_on_at_the_new_primary(pair: Pair, command: str) -> None:
    client: Any = patient_client(pair.url, "tests")
    client.ping()

    pair.fail_over()

    client.execute_command(*command.split())
    with pair.second.client() as there:
        assert there.dbsize() == 1


def test_who_only_reads_is_renewed_by_who_writes(pair: Pair) -> None:
    reads, writes = hasty_client(pair.url, "reads"), patient_client(pair.url, "writes")
    reads.ping()
    writes.ping()
    pair.fail_over()

    writes.set("k", "v")
    reads.get("k")

    with pair.first.client() as old:
        until("nobody is left there", lambda: not _names(old))


def _names(server: redis.Redis) -> set[str]:
    names = {str(one["name"]) for one in server.client_list()}
    return {name for name in names if name.startswith("waybill")}


def test_a_replica_that_stays_one_is_an_error_of_the_connection(pair: Pair) -> None:
    url = f"redis://127.0.0.1:{pair.second.port}/0"

    with pytest.raises(DemotedError):
        patient_client(url, "tests").set("k", "v")

    assert isinstance(DemotedError(), redis.ConnectionError)
    since = DEMOTIONS.seconds_since
    assert since is not None
    assert since < 5


def test_hints_are_sent_to_the_new_primary(pair: Pair) -> None:
    kombu_guard.install_connections()
    app = Celery("tests", set_as_current=False)
    app.conf.update(celery_settings(pair.url))
    app.send_task("orders.receive", args=[["1-0"]])

    pair.fail_over()

    for _ in range(3):
        app.send_task("orders.receive", args=[["2-0"]])
    app.close()
    with pair.second.client() as client:
        assert client.llen("orders") == 4


def test_kombu_keeps_a_connection_to_a_replica_still(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_kombu: Any = transport.Channel
    monkeypatch.setattr(of_kombu, "connection_class", redis.Connection)
    with Broker(pair.url) as broker:
        channel: Any = broker.channel()
        channel.queue_declare("orders")
        channel.basic_consume("orders", no_ack=True, callback=print, consumer_tag="t")
        channel.connection.cycle.on_poll_start()
        connection = channel._in_poll
        pair.fail_over()

        with pytest.raises(ResponseError):
            channel._brpop_read()

        why = "kombu leaves a replica by itself: install_connections can go"
        assert connection._sock is not None, why


def test_hints_that_meet_a_replica_renew_the_ledgers_connections(pair: Pair) -> None:
    kombu_guard.install_connections()
    app = Celery("tests", set_as_current=False)
    app.conf.update(celery_settings(pair.url))
    app.send_task("orders.receive", args=[["1-0"]])
    reads = hasty_client(pair.url, "reads")
    reads.ping()
    pair.fail_over()

    app.send_task("orders.receive", args=[["2-0"]])
    reads.ping()

    app.close()
    with pair.first.client() as old:
        until("nobody is left there", lambda: not _names(old))


def test_what_has_met_a_replica_is_not_connected_any_more(pair: Pair) -> None:
    pool = patient_client(pair.url, "tests").connection_pool
    connection: Any = pool.get_connection()
    pair.fail_over()

    connection.send_command("SET", "k", "v")
    with pytest.raises(DemotedError):
        connection.read_response()

    assert not connection.is_connected


@pytest.mark.parametrize(
    ("text", "demoted"),
    [
        ("READONLY You can't write against a read only replica.", True),
        (SCRIPTED, True),
        (UNBLOCKED, True),
        ("UNBLOCKED the stream key no longer exists", False),
        ("WRONGTYPE Operation against a key", False),
    ],
)
def test_what_a_replica_states(text: str, *, demoted: bool) -> None:
    assert is_demoted(ResponseError(text)) is demoted


def test_a_command_that_changes_goes_on_at_the_new_primary(pair: Pair) -> None:
    with changing_client(pair.url, "tests") as client:
        client.set("k", "v")
        pair.fail_over()

        client.set("k", "w")

    with pair.second.client() as there:
        assert there.get("k") == b"w"


@pytest.mark.parametrize("kind", sorted(binaries()))
def test_a_primary_without_replicas_is_awaited(kind: str) -> None:
    with running(binaries()[kind], "--min-replicas-to-write", "1") as alone:
        scripts = Scripts(ledger_client(alone.url, 4), {"count": COUNT})
        with pytest.raises(WithoutReplicasError) as met:
            hasty_client(alone.url, "tests").set("k", "v")

        with alone.client() as client:
            allow = partial(client.config_set, "min-replicas-to-write", 0)
            timer = threading.Timer(0.5, allow)
            timer.start()
            counted = scripts.run(Call("count", "k", ()))
            timer.join()

    assert counted == 1
    assert "min-replicas-to-write" in awaited(met.value)
    assert "min-replicas-to-write" in trouble(met.value, alone.url)


def test_a_script_that_is_unknown_again_is_taught_again(pair: Pair) -> None:
    client = ledger_client(pair.url, 4)
    scripts = Scripts(client, {"count": COUNT})
    taught: list[str] = []
    load = client.script_load

    def forgetful(script: Any) -> Any:
        # As where another Redis is in its place before it is asked.
        answer = load(script)
        if not taught:
            client.script_flush()
        taught.append(script)
        return answer

    client.script_load = forgetful  # type: ignore[method-assign] # of this client alone

    assert scripts.run(Call("count", "k", ())) == 1
    assert len(taught) == 2
