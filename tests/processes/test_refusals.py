"""What keeps a worker from starting, each reported with what to do about it."""

import json
import signal
import socket
from pathlib import Path

import pytest

from tests.processes.site import PERSISTENT, Site, running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes


def connections(site: Site) -> int:
    """How often anybody has ever connected to this Redis."""
    return int(site.ledger.client.info("stats")["total_connections_received"])


def test_every_gap_in_the_settings_is_reported_before_anything_connects(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path) as site:
        gaps = ("WAYBILL_WESTCON__PARTNER_KEY", "WAYBILL_DECK__API_KEY")
        kept = {k: v for k, v in site.settings.items() if k not in gaps}
        site.settings = {**kept, "WAYBILL_LEASE": "soon", "WAYBILL_NO_SUCH": "1"}
        before = connections(site)

        worker = site.worker("gaps")
        code = worker.exit_code()

        assert connections(site) == before
    assert code == 2
    for name in (*gaps, "WAYBILL_LEASE", "WAYBILL_NO_SUCH"):
        assert f"  {name} " in worker.output()
    assert "Traceback" not in worker.output()


@pytest.mark.parametrize(
    ("options", "notified"),
    [
        (("--maxmemory-policy", "volatile-lru"), "set maxmemory-policy noeviction"),
        (("--appendonly", "no"), "set appendonly yes"),
        (("--requirepass", "another"), "password of WAYBILL_REDIS_URL"),
    ],
    ids=["evicts", "forgets", "refuses"],
)
def test_an_unfit_redis_is_refused_with_what_to_do(
    tmp_path: Path, options: tuple[str, ...], notified: str
) -> None:
    with running_site(tmp_path) as site:
        pairs = zip(options[::2], options[1::2], strict=True)
        for name, value in pairs:
            site.ledger.client.config_set(name.removeprefix("--"), value)

        worker = site.worker("refused")
        code = worker.exit_code()

    assert code not in {0, None}
    assert notified in worker.output()
    assert "Traceback" not in worker.output()


def test_a_worker_waits_for_redis_and_begins_when_it_comes(tmp_path: Path) -> None:
    with running_site(tmp_path, redis=PERSISTENT) as site:
        site.redis.kill()
        worker = site.worker("early")
        until("it has tried", lambda: "redis_awaited" in worker.output())

        site.redis.start()

        worker.started()


def test_a_worker_that_waits_for_redis_can_be_stopped(tmp_path: Path) -> None:
    with running_site(tmp_path) as site:
        site.redis.kill()
        worker = site.worker("early")
        until("it has tried", lambda: "redis_awaited" in worker.output())

        worker.send(signal.SIGTERM)

        assert worker.exit_code(15) == 0


def test_what_every_delivery_would_be_refused_for_is_reported_at_the_start(
    tmp_path: Path,
) -> None:
    here = {"mode": "direct", "target_url": "https://hooks.example/", "secrets": ["s"]}
    endpoints = {
        "local": here | {"target_url": "http://127.0.0.1:9/"},
        "port": here | {"target_url": "https://hooks.example:9999/"},
        "literal": here | {"target_url": "https://[fd00::1]/"},
        "trust": here | {"authority": str(tmp_path / "none.pem")},
        "proof": here | {"client_certificate": str(tmp_path)},
    }
    with running_site(tmp_path) as site:
        site.settings = {
            **site.settings,
            "WAYBILL_INGRAM__ALLOWED_NETWORKS": "[]",
            "WAYBILL_INGRAM__ENDPOINTS": json.dumps(endpoints),
            "WAYBILL_BROKER_URL": "rediss://h/0?ssl_ca_certs=/nowhere.pem",
            "WAYBILL_LEASE": "soon",
        }
        before = connections(site)

        worker = site.worker("refused")
        code = worker.exit_code()

        assert connections(site) == before
    output = worker.output()
    assert code == 2
    for place in (
        "local.target_url) ",
        "port.target_url) ",
        "literal.target_url) ",
        "trust.authority) ",
        "proof.client_certificate) ",
    ):
        assert f"  WAYBILL_INGRAM__ENDPOINTS ({place}" in output
    assert "  WAYBILL_BROKER_URL has with ssl_ca_certs a file" in output
    assert "  WAYBILL_LEASE must be a number" in output
    assert "Traceback" not in output


def test_a_port_in_use_is_reported_with_the_setting_that_names_it(
    tmp_path: Path,
) -> None:
    with running_site(tmp_path) as site, socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        site.settings = {**site.settings, "WAYBILL_HEALTH_PORT": str(port)}

        worker = site.worker("refused")
        code = worker.exit_code()

    assert code not in {0, None}
    assert f"cannot be served on 127.0.0.1:{port} (Address already" in worker.output()
    assert "set WAYBILL_HEALTH_PORT" in worker.output()
    assert "Traceback" not in worker.output()
