"""A Redis on a unix socket serves the ledger and the hints like any other."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery

from tests.redis_servers import binaries, running
from workers.celery_app.settings import celery_settings
from workers.redis.clients import ledger_client, patient_client


@pytest.fixture(params=list(binaries()))
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Database 3 behind a socket whose path is short enough to be one."""
    with tempfile.TemporaryDirectory(prefix="wb-") as folder:
        socket = Path(folder, "redis.sock")
        with running(binaries()[request.param], "--unixsocket", str(socket)):
            yield f"unix://{socket}?db=3"


def test_the_ledger_is_reached(url: str) -> None:
    with ledger_client(url, connections=1) as ledger, patient_client(url, "cli") as own:
        ledger.set("wb:epoch", "1")

        assert own.get("wb:epoch") == b"1"
        assert own.client_info()["db"] == 3


def test_hints_travel_in_the_same_database(url: str) -> None:
    app = Celery("tests", set_as_current=False)
    app.conf.update(celery_settings(url))

    app.send_task("deck.link", args=["deck", 0, ["delivery:1:1"]])

    with patient_client(url, "cli") as client:
        assert client.llen("deck") == 1


@pytest.mark.parametrize(
    ("given", "spelled"),
    [
        ("unix:///run/r.sock", "redis+socket:///run/r.sock?virtual_host=0"),
        ("unix://u:p@/r.sock?db=2", "redis+socket://u:p@/r.sock?virtual_host=2"),
        ("rediss://:p@h:6380/1", "rediss://:p@h:6380/1"),
    ],
)
def test_the_broker_keeps_user_password_and_database(given: str, spelled: str) -> None:
    assert celery_settings(given)["broker_url"] == spelled
