"""The primary behind sentinels is asked for at each connection, and followed."""

import operator
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from celery import Celery
from kombu import Connection as Broker

from tests.processes.waiting import until
from tests.redis_servers import RedisServer, binaries, free_port, running
from tests.sentinel_servers import SERVICE, Watched, sentinel_client, watched
from waybill.trouble import trouble
from workers.celery_app import kombu_guard
from workers.celery_app.settings import celery_settings
from workers.ledger.scripts import Call, Scripts
from workers.redis.address import redis_address
from workers.redis.bounded_client import adding_client, changing_client, looking_client
from workers.redis.clients import hasty_client, ledger_client, patient_client
from workers.redis.sentinels import PrimaryUnknownError, Sentinels

#: Reads a key, then writes it, as the ledger's scripts do.
COUNT = "redis.call('GET', KEYS[1]) return redis.call('INCR', KEYS[1])"

ClientOf = Callable[[str], "redis.Redis"]

CLIENTS: dict[str, ClientOf] = {
    "ledger": lambda url: ledger_client(url, 4),
    "patient": lambda url: patient_client(url, "tests"),
    "hasty": lambda url: hasty_client(url, "tests"),
    "looking": lambda url: looking_client(url, "tests"),
    "changing": lambda url: changing_client(url, "tests"),
    "adding": adding_client,
}


@pytest.fixture(params=sorted(binaries()), scope="module")
def group(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("sentinels")
    # So long that no busy machine makes it: nobody here waits for a silent primary.
    silent = f"sentinel down-after-milliseconds {SERVICE} 20000"
    with watched(binaries()[request.param], folder, sentinels=(silent,)) as made:
        yield made


@pytest.mark.parametrize("kind", CLIENTS)
def test_every_client_reaches_the_primary(group: Watched, kind: str) -> None:
    with CLIENTS[kind](group.url) as client:
        client.execute_command("XADD", "s", "*", "f", "v")

    with group.primary.client() as there:
        assert there.exists("s")


def test_all_that_writes_leaves_an_old_primary_before_it_is_demoted(
    group: Watched,
) -> None:
    scripts = Scripts(ledger_client(group.url, 4), {"count": COUNT})
    app = Celery("tests", set_as_current=False)
    kombu_guard.install()
    app.conf.update(celery_settings(group.url))
    with app.connection_for_write() as broker:
        scripts.run(Call("count", "k", ()))
        _send(broker)
        group.await_replicas()

        old = group.fail_over()

        with group.primary.client() as there, old.client() as left:
            before = there.get("k"), there.llen("orders")

            def arrived() -> bool:
                scripts.run(Call("count", "k", ()))
                _send(broker)
                now = there.get("k"), there.llen("orders")
                return all(map(operator.ne, now, before))

            until("both go there", arrived)
            assert left.info()["role"] == "master"


def _send(broker: Broker) -> None:
    with broker.Producer() as producer:
        producer.publish("hint", routing_key="orders", retry=True)


def test_a_sentinel_that_does_not_answer_costs_half_a_second_once(
    group: Watched,
) -> None:
    hosts = f"127.0.0.1:{free_port()},127.0.0.1:{group.ports[0]}"
    place = redis_address(f"redis+sentinel://{hosts}/{SERVICE}")
    assert place.watched is not None
    sentinels = Sentinels(place, place.watched)

    assert sentinels.primary() == ("127.0.0.1", group.primary.port)
    assert sentinels.primary() == ("127.0.0.1", group.primary.port)


def test_who_answers_what_is_named_where_no_primary_is_found(group: Watched) -> None:
    nobody, (sentinel, *_) = free_port(), group.ports
    hosts = f"127.0.0.1:{nobody},127.0.0.1:{sentinel},127.0.0.1:{group.primary.port}"
    url = f"redis+sentinel://:S3CRET@{hosts}/another"

    with pytest.raises(redis.ConnectionError) as met:
        hasty_client(url, "tests").ping()

    said = trouble(met.value, url)
    assert f"127.0.0.1:{nobody} does not answer" in said
    assert f"127.0.0.1:{sentinel} knows no such name" in said
    assert f"127.0.0.1:{group.primary.port} is no sentinel" in said
    assert "S3CRET" not in said


def test_a_primary_that_is_found_down_is_not_connected_to(tmp_path: Path) -> None:
    binary = list(binaries().values())[-1]
    with watched(binary, tmp_path) as group:
        place = redis_address(group.url)
        assert place.watched is not None
        for replica in group.replicas:
            replica.kill()
        group.primary.kill()

        def heard() -> str:
            assert place.watched is not None
            try:
                Sentinels(place, place.watched).primary()
            except PrimaryUnknownError as error:
                return str(error)
            return ""

        until("all find it down", lambda: heard().count("finds it down") == 3)


@pytest.fixture
def silent() -> Iterator[list[RedisServer]]:
    """Servers that take connections and answer nothing."""
    binary = list(binaries().values())[-1]
    with running(binary) as one, running(binary) as two, running(binary) as three:
        servers = [one, two, three]
        for server in servers:
            assert server.process is not None
            os.kill(server.process.pid, signal.SIGSTOP)
        yield servers


def test_silent_sentinels_are_not_awaited_for_ever(silent: list[RedisServer]) -> None:
    hosts = ",".join(f"127.0.0.1:{one.port}" for one in silent)
    url = f"redis+sentinel://{hosts}/{SERVICE}"
    began = time.monotonic()

    with pytest.raises(redis.ConnectionError):
        looking_client(url, "tests").ping()

    # Generous, for a busy machine: without a bound it would be for ever.
    assert time.monotonic() - began < 20


def test_sentinels_and_primary_have_passwords_of_their_own(tmp_path: Path) -> None:
    binary = list(binaries().values())[-1]
    with watched(binary, tmp_path) as group:
        for port in group.ports:
            with sentinel_client(port) as client:
                words = ["ACL", "SETUSER", "default", "resetpass", ">OF-SENTINELS"]
                client.execute_command(*words)
        with pytest.raises(redis.ConnectionError) as wrong:
            hasty_client(group.url, "tests").ping()
        assert "WAYBILL_SENTINEL_PASSWORD" in trouble(wrong.value, group.url)

        allowed = f"{group.url}?sentinel_password=OF-SENTINELS"

        assert hasty_client(allowed, "tests").ping()
