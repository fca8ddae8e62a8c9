"""The container's health check agrees with the port."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.deploy.files import ROOT
from tests.redis_servers import free_port

SCRIPT = ROOT / "deploy" / "healthcheck.py"


class Worker(BaseHTTPRequestHandler):
    """Well at /live, not at any other path."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/live" else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    """The port of such a worker."""
    with HTTPServer(("127.0.0.1", 0), Worker) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield server.server_port
        server.shutdown()
        serving.join()


def check(port: int, path: str) -> int:
    return subprocess.run(
        [sys.executable, SCRIPT, str(port), path], capture_output=True, check=False
    ).returncode


def test_a_worker_that_is_well_passes(port: int) -> None:
    assert check(port, "/live") == 0


def test_a_worker_that_states_it_is_not_well_fails(port: int) -> None:
    assert check(port, "/other") == 1


def test_a_port_where_nobody_answers_fails() -> None:
    assert check(free_port(), "/live") == 1
