"""A worker in another application's environment works on our queues alone."""

import json
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.child import Child
from tests.processes.site import binary, running_site
from tests.processes.waiting import until
from tests.processes.worker import celery
from tests.redis_servers import RedisServer, free_port, running
from workers.redis.answers import text

pytestmark = pytest.mark.processes

#: A queue of theirs, and one that is called like ours.
QUEUES = ("celery", "orders")
KUBERNETES = {
    "WAYBILL_SERVICE_HOST": "10.0.0.1",
    "WAYBILL_SERVICE_PORT": "80",
    "WAYBILL_PORT": "tcp://10.0.0.1:80",
    "WAYBILL_PORT_80_TCP": "tcp://10.0.0.1:80",
    "WAYBILL_HEALTH_PORT": "tcp://10.0.0.2:80",
    "FLOWER_PORT": "tcp://10.0.0.3:5555",
}


def message() -> bytes:
    """A hint of another application's, as kombu writes it."""
    known = str(uuid.uuid4())
    properties = {
        "correlation_id": known,
        "delivery_tag": known,
        "delivery_mode": 2,
        "delivery_info": {"exchange": "", "routing_key": "celery"},
        "body_encoding": "base64",
        "priority": 0,
    }
    headers = {"id": known, "task": "other.task", "lang": "py", "argsrepr": "()"}
    whole = {
        "body": "W1tdLCB7fSwge31d",
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": headers,
        "properties": properties,
    }
    return json.dumps(whole).encode()


@pytest.fixture
def theirs() -> Iterator[RedisServer]:
    """Another application's Redis, with work in its queues."""
    with running(binary("")) as server:
        with server.client() as client:
            for queue in QUEUES:
                client.lpush(queue, *(message() for _ in range(5)))
        yield server


def strangers(server: RedisServer) -> dict[str, str]:
    urls = ("BROKER_URL", "CELERY_BROKER_READ_URL", "CELERY_BROKER_URL")
    return KUBERNETES | {
        **dict.fromkeys((*urls, "CELERY_BROKER_WRITE_URL"), server.url),
        "CELERY_RESULT_BACKEND": server.url,
        "CELERY_CONFIG_MODULE": "other.celeryconfig",
        "CELERY_LOADER": "other.loaders:Loader",
        "CELERY_QUIET": "5.3.1",
        "CELERY_VERSION": "5.3.1",
        "CELERY_WORKDIR": "/nowhere",
        "CELERY_WORKER_QUEUES": "celery,orders",
        "CELERY_WORKER_PURGE": "1",
        "DJANGO_SETTINGS_MODULE": "other.settings",
        "FORKED_BY_MULTIPROCESSING": "1",
        "NO_COLOR": "anything",
        "PROMETHEUS_MULTIPROC_DIR": "/nowhere",
        "SKIP_CHECKS": "perhaps",
    }


def untouched(client: redis.Redis) -> bool:
    """Whether all of theirs is there, and nobody but the test ever came."""
    lengths = [client.llen(queue) for queue in QUEUES]
    keys = {text(key) for key in client.keys("*")}
    return lengths == [5, 5] and keys == set(QUEUES)


def visitors(client: redis.Redis) -> int:
    return int(client.info("stats")["total_connections_received"])


def test_a_worker_serves_our_orders_and_leaves_their_queue_alone(
    tmp_path: Path, theirs: RedisServer
) -> None:
    orders = feed.numbers(0, 3)
    with running_site(tmp_path) as site, theirs.client() as other:
        before = visitors(other)
        site.settings = {**strangers(theirs), **site.settings}
        worker = site.worker("ours").started()

        feed.publish(site.redis.url, orders)
        books = accounted(site, orders)

        assert books.lost == frozenset()
        assert untouched(other)
        assert visitors(other) == before
    output = worker.output()
    named = ("BROKER_URL", "CELERY_BROKER_READ_URL", "CELERY_WORKER_PURGE")
    for name in (*named, "WAYBILL_HEALTH_PORT"):
        assert f'"variable": "{name}"' in output
    assert "enableServiceLinks: false" in output
    assert theirs.url not in output


@pytest.mark.parametrize("command", [("inspect", "ping"), ("purge", "-f")])
def test_no_command_of_celerys_reaches_their_redis(
    tmp_path: Path, theirs: RedisServer, command: tuple[str, ...]
) -> None:
    with running_site(tmp_path) as site, theirs.client() as other:
        before = visitors(other)
        site.worker("ours", "--without-intake").started()

        given = strangers(theirs) | {"WAYBILL_REDIS_URL": site.servers.hints.url}
        child = site.child("command", *celery("workers"), *command, **given)

        assert child.exit_code() == 0, child.output()
        assert untouched(other)
        assert visitors(other) == before
    assert "CELERY_BROKER_READ_URL is another application's" in child.output()
    assert theirs.url not in child.output()


def test_flower_watches_our_redis(tmp_path: Path, theirs: RedisServer) -> None:
    with running_site(tmp_path) as site, theirs.client() as other:
        before, port = visitors(other), free_port()
        given = strangers(theirs) | {"WAYBILL_REDIS_URL": site.servers.hints.url}
        options = ("flower", f"--port={port}", "--address=127.0.0.1")

        flower = site.child("flower", *celery("workers"), *options, **given)

        until("Flower listens", lambda: listens(port) or not flower.running)
        assert flower.running, flower.output()
        until("it watches", lambda: is_watched(site.hints))
        assert visitors(other) == before


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_watched(client: redis.Redis) -> bool:
    """Whether somebody waits for Celery's events."""
    return any("subscribe" in one["cmd"] for one in client.client_list())


@pytest.mark.parametrize(
    ("options", "output"),
    [
        (("-b", "redis://elsewhere"), "takes no option -b/--broker"),
        (("--broker=redis://elsewhere",), "WAYBILL_BROKER_URL"),
        *(
            pytest.param(*case, marks=pytest.mark.long)
            for case in (
                (("--result-backend", "redis://elsewhere"), "there are no results"),
                (("--config", "other"), "takes no option --config"),
                (("--loader", "other"), "takes no option --loader"),
            )
        ),
    ],
)
def test_an_option_that_would_take_a_settings_place_is_refused(
    tmp_path: Path, options: tuple[str, ...], output: str
) -> None:
    command = (*celery("workers"), *options, "worker")

    child = Child(command, tmp_path / "log", {})

    assert child.exit_code() == 2
    assert output in child.output()
    assert "Traceback" not in child.output()
    assert "elsewhere" not in child.output()


@pytest.mark.parametrize("command", ["worker", "flower", "inspect"])
def test_a_broker_that_cannot_be_read_is_reported_by_its_setting(
    tmp_path: Path, command: str
) -> None:
    given = {"WAYBILL_BROKER_URL": "redis://:C4/N4RY@host/0"}

    child = Child((*celery("workers"), command), tmp_path / "log", given)

    assert child.exit_code() == 2
    assert "  WAYBILL_BROKER_URL cannot be read without doubt" in child.output()
    assert "Traceback" not in child.output()
    assert "N4RY" not in child.output()
