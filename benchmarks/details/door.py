"""What `waybill serve` takes: events posted in batches, beside a door that is bare."""

import http.client
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import feed, redis_server
from benchmarks.options import Options
from benchmarks.processes import Child
from benchmarks.report import Report
from benchmarks.table import table
from waybill.serve import tokens

#: Events of a request, and what one core is to take of them in a second.
BATCH, GOAL = 100, 1_000
HEADS = ("door", "events/s", "CPU µs an event", "events/s of one core", "of the bare")

#: The holder of the token that is made for a run.
HOLDER = "bench"


@dataclass(frozen=True, slots=True)
class Posting:
    """What one door took.

    Attributes:
        per_second: events, posted one request after the other over one connection.
        cpu_us: of the door's process for an event.
        share: how many events a core takes, of what the bare door takes of them.
    """

    door: str
    per_second: float
    cpu_us: float
    share: float

    @property
    def of_a_core(self) -> float:
        return 1e6 / self.cpu_us

    @property
    def cells(self) -> tuple[str, ...]:
        numbers = (self.per_second, self.cpu_us, self.of_a_core)
        return (self.door, *(f"{one:,.0f}" for one in numbers), f"{self.share:.2f}")


def bodies(events: int, first: int) -> list[bytes]:
    """Requests of so many events in all, none of which was there before."""
    made = [feed.placed(one) for one in feed.numbers(first, events)]
    return [
        b"[" + b",".join(made[n : n + BATCH]) + b"]" for n in range(0, events, BATCH)
    ]


def post(port: int, token: str, requests: Sequence[bytes]) -> None:
    """Post them one after the other.

    Raises:
        RuntimeError: one is not taken.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Content-Type": "application/cloudevents-batch+json",
        "Authorization": f"Bearer {token}",
    }
    for body in requests:
        connection.request("POST", "/v1/events", body, headers)
        answer = connection.getresponse()
        what = answer.read()
        if answer.status != http.HTTPStatus.ACCEPTED:
            raise RuntimeError(f"a door answers {answer.status}: {what[:200]!r}")
    connection.close()


@contextmanager
def opened(
    door: str, folder: Path, url: str, token: str
) -> Iterator[tuple[Child, int]]:
    """A door on a port of its own, which a token opens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    commands = {
        "waybill serve": [_waybill(), "serve", "--port", str(port)],
        "bare": [sys.executable, "-m", "benchmarks.details.bare_door", str(port), url],
    }
    settings = {
        "WAYBILL_REDIS_URL": url,
        "WAYBILL_HTTP__TOKENS": tokens.setting(HOLDER, token, ("publish",)),
        "WAYBILL_HTTP__MOST_WAITING": "10000000",
    }
    child = Child(commands[door], folder / "door.log", settings)
    try:
        _await(child, port)
        yield child, port
    finally:
        child.stop()


def posting(door: str, events: int, rounds: int) -> tuple[float, float]:
    """Events a second, and CPU seconds of the door for one; the rounds' median."""
    folder, token = Path(tempfile.mkdtemp(prefix="door-")), tokens.made()
    try:
        with (
            redis_server.serving(folder) as url,
            opened(door, folder, url, token) as (child, port),
        ):
            post(port, token, bodies(BATCH * 5, 0))
            found = [
                _round(child, port, token, bodies(events, (1 + n) * events))
                for n in range(rounds)
            ]
    finally:
        shutil.rmtree(folder)
    rates, cpu = zip(*found, strict=True)
    return events * median(rates), median(cpu) / events


def _round(
    child: Child, port: int, token: str, requests: Sequence[bytes]
) -> tuple[float, float]:
    before, begun = child.cpu_seconds(), time.monotonic()
    post(port, token, requests)
    return 1 / (time.monotonic() - begun), child.cpu_seconds() - before


def _await(child: Child, port: int, seconds: float = 30.0) -> None:
    ends = time.monotonic() + seconds
    while child.running and time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the door does not open; its log ends:\n{child.log_end()}")


def _waybill() -> str:
    return str(Path(sys.executable).with_name("waybill"))


def measure(size: Options, report: Report) -> None:
    """Measure both doors; print the table."""
    events = max(BATCH, size.events * 5 // BATCH * BATCH)
    found = {}
    for door in ("bare", "waybill serve"):
        report.progress(f"{door}: {events} events in requests of {BATCH} …")
        found[door] = posting(door, events, size.rounds)
    bare = found["bare"][1]
    rows = [
        Posting(door, rate, 1e6 * cpu, bare / cpu)
        for door, (rate, cpu) in found.items()
    ]
    report.add("door", rows, table(HEADS, [one.cells for one in rows]))
    report.progress(f"the goal is {GOAL:,} events/s of one core, see docs/http.md")
