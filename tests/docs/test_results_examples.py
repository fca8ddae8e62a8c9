"""The consumers that the documentation shows, killed again and again."""

import itertools
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import redis

from tests.docs.pages import ROOT
from tests.redis_servers import RedisServer
from workers.ledger import keys

pytestmark = pytest.mark.processes

STREAM, GROUP = keys.results(keys.prefix(0)), "erp"
EXAMPLES = ROOT / "docs" / "examples"
RESULTS, KILLS = 300, 8


@dataclass(frozen=True, slots=True)
class Consumer:
    """One of the examples: how it is run, and what it has done."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    done: Callable[[Path], Counter[str]]


def of_sqlite(file: Path) -> Counter[str]:
    """How often each subject was worked on."""
    if not file.exists():
        return Counter()
    with sqlite3.connect(file, timeout=10) as database:
        try:
            return Counter(
                s for (s,) in database.execute("SELECT subject FROM changes")
            )
        except sqlite3.OperationalError:
            return Counter()


def of_lines(file: Path) -> Counter[str]:
    lines = file.read_text().splitlines() if file.exists() else []
    return Counter(line.split("\t")[1] for line in lines if line.count("\t") == 2)


def python() -> Consumer:
    script = str(EXAMPLES / "results_consumer.py")
    return Consumer((sys.executable, script), {}, of_sqlite)


def node() -> Consumer:
    """With npm's `redis`, from NODE_PATH or where `make rivals` has put it."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("node is not on this machine; install Node.js 18")
    places = f"{os.environ.get('NODE_PATH', '')}:{ROOT / '.rivals/node/node_modules'}"
    environment = {"NODE_PATH": places}
    look = (program, "-e", "require('redis')")
    found = subprocess.run(look, env=environment, capture_output=True, check=False)
    if found.returncode:
        pytest.skip("npm's redis is not here; npm install redis, and name it NODE_PATH")
    script = str(EXAMPLES / "results_consumer.cjs")
    return Consumer((program, script), environment, of_lines)


@pytest.mark.parametrize("of", [python, node])
def test_a_consumer_that_dies_anywhere_works_on_each_result_exactly_once(
    redis: redis.Redis,
    redis_server: RedisServer,
    tmp_path: Path,
    of: Callable[[], Consumer],
) -> None:
    consumer, file, dice = of(), tmp_path / "done", random.Random(7)
    command = (*consumer.command, "one", str(file))
    environment = {**consumer.environment, "REDIS_URL": redis_server.url}
    writing = threading.Thread(target=write, args=(redis,))
    writing.start()

    for kill in itertools.count():
        with subprocess.Popen(command, env=environment) as process:
            aim = consumer.done(file).total() + dice.randint(1, 2 * RESULTS // KILLS)
            wait_for(partial(has_done, consumer, file, min(aim, RESULTS)), process)
            if kill < KILLS or consumer.done(file).total() < RESULTS:
                process.kill()
                continue
            wait_for(lambda: not left(redis), process)
            process.kill()
            break

    writing.join()
    expected = Counter(f"SO-{n}" for n in range(RESULTS))
    assert consumer.done(file) == expected


def has_done(consumer: Consumer, file: Path, many: int) -> bool:
    return consumer.done(file).total() >= many


def left(client: redis.Redis) -> int:
    """How many results were read and are not acknowledged."""
    return int(client.xpending(STREAM, GROUP)["pending"])


def write(client: redis.Redis) -> None:
    """Write results, some of them while the consumer is away."""
    for n in range(RESULTS):
        event = {
            "id": f"id-{n}",
            "type": "waybill.order.finished",
            "subject": f"SO-{n}",
        }
        client.xadd(STREAM, {"event": json.dumps(event)})
        time.sleep(0.001)


def wait_for(reached: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait for it, as long as the process lives."""
    ends = time.monotonic() + 60
    while not reached():
        assert process.poll() is None, "the consumer has ended by itself"
        assert time.monotonic() < ends, "the consumer stands still"
        time.sleep(0.005)
