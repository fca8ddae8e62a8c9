"""Strangers hold connections to a worker's health port: P1."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.faults.under_fault import keep, under_fault
from tests.processes import feed
from tests.processes.ledger_servers import fails_over
from tests.processes.pages import page
from tests.processes.site import Site, running_site
from tests.processes.worker import Worker

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300), pytest.mark.long]

#: More than the system lets wait to be accepted, and than a process has descriptors to
#: spare with a limit of 256.
HELD = 300

#: Threads, and MiB of memory, that a crowd may cost.
THREADS, MIB = 8, 64


def idle(_: socket.socket) -> None:
    """Say nothing."""


def trickling(client: socket.socket) -> None:
    client.sendall(b"GET /metrics HTTP/1.1\r\nX-Slow: ")


def not_reading(client: socket.socket) -> None:
    client.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")


WAYS: tuple[Callable[[socket.socket], None], ...] = (idle, trickling, not_reading)


@contextmanager
def crowd(port: int) -> Iterator[None]:
    """Hold connections of each kind as long as the context lasts."""
    with ExitStack() as things:
        for n in range(HELD):
            client = socket.create_connection(("127.0.0.1", port), 30)
            WAYS[n % len(WAYS)](things.enter_context(client))
        yield


def size(worker: Worker) -> tuple[int, float, int]:
    """Threads, MiB at most so far, and open files of a worker."""
    proc = Path(f"/proc/{worker.pid}")
    output = proc.joinpath("status").read_text(encoding="ascii")
    threads, kib = (
        int(found[1])
        for name in ("Threads", "VmHWM")
        if (found := re.search(rf"{name}:\s+(\d+)", output))
    )
    return threads, kib / 1024, len(list(proc.joinpath("fd").iterdir()))


def test_p1_a_crowd_at_the_health_port_keeps_nobody_waiting(tmp_path: Path) -> None:
    orders = feed.numbers(0, 150)
    seen: list[int] = []

    def crowded(site: Site) -> None:
        for worker in site.children.values():
            assert isinstance(worker, Worker)
            before = size(worker)
            with crowd(worker.health_port):
                seen.extend(page(worker, name)[0] for name in PAGES)
                after = size(worker)
            assert after[0] - before[0] <= THREADS
            assert after[1] - before[1] <= MIB
            assert after[2] - before[2] < HELD

    with running_site(tmp_path, delay=0.1) as site:
        cost = under_fault(site, orders, lambda: crowded(site))

    keep("P1", f"{HELD} connections held to each health port", orders, cost)
    assert seen == [200] * 2 * len(PAGES)
    assert cost.accounts.doubled == 0 or fails_over(), cost.story


PAGES = ("/live", "/ready", "/metrics", "/live")
