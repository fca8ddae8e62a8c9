"""Flower beside the workers: it needs Redis only, and hints show it the truth."""

import base64
import http.client
import json
from functools import partial
from http.client import OK
from pathlib import Path
from typing import Any

import pytest

from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.test_lost_hints import pushes
from tests.processes.waiting import until
from tests.processes.worker import celery
from tests.redis_servers import free_port

pytestmark = pytest.mark.processes

USER = "watcher:tests"
WORKERS = "/api/workers?status=1"


#: The steps of an order that is placed, and what their arguments begin with.
STEPS = {
    "orders.receive": "['",
    "westcon.poll": "'westcon', 0, ['watch:",
    "deck.link": "'deck', 0, ['delivery:",
    "ingram.notify": f"'ingram/{RECEIVER}', 0, ['delivery:",
}

#: What the receiver answers, and how the hint of that notification ends.
STORY = ((200, "SUCCESS"), (503, "RETRY"), (400, "FAILURE"))


def asked(port: int, path: str) -> Any:
    """Flower's answer, None while it does not answer."""
    password = base64.b64encode(USER.encode()).decode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Authorization": f"Basic {password}"})
        reply = connection.getresponse()
        return json.loads(reply.read()) if reply.status == OK else None
    except OSError:
        return None
    finally:
        connection.close()


def flower(site: Site) -> int:
    """Start Flower with the address of Redis and nothing else; its port."""
    port = free_port()
    options = (f"--port={port}", "--address=127.0.0.1", f"--basic-auth={USER}")
    command = (*celery("workers"), "flower", *options)
    site.child("flower", *command, WAYBILL_REDIS_URL=site.redis.url)
    until("Flower answers", lambda: asked(port, "/api/tasks") is not None)
    return port


def test_flower_shows_workers_and_how_their_hints_went(tmp_path: Path) -> None:
    orders = feed.numbers(0, len(STORY))
    with running_site(tmp_path, INGRAM__RETRY_PAUSES="[600]") as site:
        port = flower(site)
        site.worker("only").started()
        until("the worker", lambda: "only@" in str(asked(port, WORKERS)))
        stream = feed.stream_at(site.redis.url)

        for number, (status, _) in zip(orders, STORY, strict=True):
            site.partners.receivers.behave(RECEIVER, status=status)
            stream.publish(feed.placed(number, customer=False))
            until("it is notified", partial(notified, site, number))

        seen = until("three hints", lambda: ended(asked(port, "/api/tasks")))
    assert seen == sorted(state for _, state in STORY)


def test_a_hint_with_a_refused_event_is_a_failure_that_names_path_and_code(
    tmp_path: Path,
) -> None:
    good, *_ = feed.numbers(0, 1)
    data = {"order_number": "PRIVATE", "lines": [{"line_number": "1"}]}
    with running_site(tmp_path) as site:
        port = flower(site)
        stream = feed.stream_at(site.redis.url)
        bad = stream.publish(feed.event("order.status_changed", "PRIVATE", data))
        stream.publish(feed.placed(good, customer=False))
        stream.add(((b"secret", b"PRIVATE"),))
        # After the events, so that one hint has all three.
        site.worker("only").started()
        until("the good one is notified", partial(notified, site, good))

        (hint,) = until("its end", lambda: received(asked(port, "/api/tasks")))
        details = asked(port, f"/api/task/info/{hint['uuid']}")
    assert hint["state"] == "FAILURE"
    assert details["exception"] == (
        f"GivenUpError('event:{bad}: malformed: data.lines[].status: missing"
        " (and 1 more)')"
    )
    assert "PRIVATE" not in str(details)


def test_every_step_that_needed_no_message_is_a_task_of_its_own(
    tmp_path: Path,
) -> None:
    (number,) = feed.numbers(0, 1)
    with running_site(tmp_path) as site:
        port = flower(site)
        site.worker("only").started()
        until("the worker", lambda: "only@" in str(asked(port, WORKERS)))

        feed.stream_at(site.redis.url).publish(feed.placed(number))
        until("it is notified", partial(notified, site, number))
        tasks = until("its steps", lambda: succeeded(asked(port, "/api/tasks")))
        sent = pushes(site)
        details = {
            one["name"]: asked(port, f"/api/task/info/{one['uuid']}") for one in tasks
        }

    assert sent == 0
    assert sorted(details) == sorted(STEPS)
    for name, first in STEPS.items():
        seen = details[name]
        assert seen["args"].startswith(f"[{first}")
        assert seen["received"] <= seen["started"] <= seen["succeeded"]
        assert seen["runtime"] > 0
        assert seen["worker"].startswith("only@")


def received(tasks: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The hints at events that have ended."""
    hints = [one for one in tasks.values() if one["name"] == "orders.receive"]
    ends = {"SUCCESS", "FAILURE"}
    return hints if hints and all(one["state"] in ends for one in hints) else None


def notified(site: Site, number: str) -> bool:
    return any(one.order_number == number for one in site.partners.deliveries())


def ended(tasks: dict[str, Any]) -> list[str] | None:
    """How the notifications' hints went, once all of them have ended."""
    states = {state for _, state in STORY}
    notes = [one for one in tasks.values() if one["name"] == "ingram.notify"]
    found = sorted(one["state"] for one in notes if one["state"] in states)
    return found if len(found) == len(STORY) else None


def succeeded(tasks: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The tasks that have ended well, once there are as many as steps."""
    found = [one for one in tasks.values() if one["state"] == "SUCCESS"]
    return found if len(found) >= len(STEPS) else None
