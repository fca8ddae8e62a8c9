"""A URL that leads to a Sentinel or a Cluster's node: named, refused, not awaited."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from tests.processes.child import Child
from tests.processes.site import PERSISTENT, running_site
from tests.processes.waiting import until
from tests.redis_servers import RedisServer, binaries, free_port
from tests.waybill.terminal import Terminal

pytestmark = pytest.mark.processes

LEDGER, BROKER = "WAYBILL_REDIS_URL", "WAYBILL_BROKER_URL"


@contextmanager
def sentinel(binary: str, folder: Path) -> Iterator[str]:
    """A Sentinel that watches nobody."""
    port, file = free_port(), folder / "sentinel.conf"
    file.write_text(f"port {port}\nbind 127.0.0.1\ndir {folder}\n")
    child = Child((binary, str(file), "--sentinel"), folder / "sentinel.log", {})
    try:
        with redis.Redis(port=port) as client:
            until("it answers", lambda: answers(client))
        yield f"redis://127.0.0.1:{port}"
    finally:
        child.end()


@contextmanager
def node(binary: str, _: Path) -> Iterator[str]:
    """A node of a Cluster that has all slots, so that plain commands work."""
    # Its nodes speak to each other on a port that is 10,000 higher.
    port = next(port for port in iter(free_port, 0) if port < 55_536)
    options = (*PERSISTENT, "--cluster-enabled", "yes")
    server = RedisServer(binary, options, port)
    server.start()
    try:
        with server.client() as client:
            client.execute_command("CLUSTER", "ADDSLOTS", *range(16384))
        yield server.url.removesuffix("/0")
    finally:
        server.close()


def answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


KINDS = {"Sentinel": sentinel, "Redis Cluster": node}


@pytest.mark.parametrize("what", KINDS)
@pytest.mark.parametrize("kind", sorted(binaries()))
@pytest.mark.parametrize("setting", [LEDGER, BROKER])
def test_what_is_no_single_redis_is_refused_by_name(
    tmp_path: Path, kind: str, what: str, setting: str
) -> None:
    with running_site(tmp_path) as site, KINDS[what](binaries()[kind], tmp_path) as url:
        site.settings = {**site.settings, setting: f"{url}/0"}

        worker = site.worker("refused")
        code = worker.exit_code()

        notified = Terminal(site.settings).json("doctor", "--offline")
        status = Terminal(site.settings)("status")
    assert code not in {0, None}
    assert what in worker.output()
    assert f"({setting})" in worker.output()
    assert "Traceback" not in worker.output()
    assert any(one["verdict"] == "wrong" and what in one["says"] for one in notified)
    # A queue that nobody serves is what status sees of a broker.
    assert status.exit_code == 1
    assert setting == BROKER or "Sentinel" in status.output or what in status.output


def test_another_database_of_a_sentinel_is_refused_too(tmp_path: Path) -> None:
    binary = list(binaries().values())[-1]
    with running_site(tmp_path) as site, sentinel(binary, tmp_path) as url:
        site.settings = {**site.settings, LEDGER: f"{url}/1"}

        worker = site.worker("refused")

        assert worker.exit_code() not in {0, None}
    assert "neither a Sentinel nor a proxy" in worker.output()
