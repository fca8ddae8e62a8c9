"""Everything that a worker prints is a line of its log, from the first to the last."""

import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.processes import feed
from tests.processes.child import Child
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes

#: Started anew, with every warning of Python's: what is forked has no first line.
CELERY = (sys.executable, "-W", "default", "-m", "celery", "-A", "workers")


def worker(site: Site, name: str, *options: str) -> Child:
    own = ("worker", "-n", f"{name}@%h", "-c", "4", *options)
    return site.child(name, *CELERY, *own, **site.settings)


def lines(text: str) -> list[dict[str, Any]]:
    """Each line as an object; fails on one that is none."""
    return [json.loads(line) for line in text.split("\n")[:-1]]


def events(text: str) -> set[str]:
    return {line["event"] for line in lines(text)}


def test_each_line_of_a_worker_is_an_object_with_redis_away_and_to_its_end(
    tmp_path: Path,
) -> None:
    path = tmp_path / "worker.jsonl"
    (number,) = feed.numbers(0, 1)
    with running_site(
        tmp_path, INGRAM__BREAKER_FAILURES="1", INGRAM__BREAKER_SECONDS="1"
    ) as site:
        site.partners.receivers.behave(RECEIVER, status=503)
        site.redis.kill()
        early = worker(site, "early")
        until("it waits", lambda: "redis_awaited" in early.output())
        site.redis.start()
        until("it is ready", lambda: " ready." in early.output())
        filed = worker(site, "filed", "-f", str(path))
        until(
            "the other is ready",
            lambda: path.exists() and " ready." in path.read_text(),
        )

        stream = feed.stream_at(site.redis.url)
        stream.publish(b"not json")
        stream.publish(feed.placed(number))

        def told_of(event: str) -> bool:
            return event in early.output() + path.read_text("utf-8")

        until("a gate shuts", lambda: told_of("gate_closed"))
        site.partners.receivers.behave(RECEIVER, status=200)
        until("a gate opens", lambda: told_of("gate_opened"))
        for one in (early, filed):
            one.send(signal.SIGTERM)
        codes = [one.exit_code() for one in (early, filed)]

    assert codes == [0, 0]
    # What comes before Celery knows of the file.
    assert not events(filed.output()) & events(path.read_text("utf-8"))
    written = early.output(), path.read_text("utf-8")
    for text in written:
        assert events(text) >= {
            "worker_starts",
            "worker: Warm shutdown (MainProcess)",
        }
        assert all(line["level"] and line["at"] for line in lines(text))
    told = [line for text in written for line in lines(text)]
    shut = [one for one in told if one["event"] == "gate_closed"]
    # Once for all workers, however many meet it.
    assert len(shut) == len([o for o in told if o["event"] == "gate_opened"])
    assert len({one["at"] for one in shut}) == len(shut)
