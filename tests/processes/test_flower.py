"""Flower beside the workers: it needs Redis only, and hints show it the truth."""

import base64
import html
import http.client
import json
import re
import shutil
import subprocess
import tempfile
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


#: Debian's, which reads the pages as a person's browser does.
CHROMIUM = shutil.which("chromium")

#: What a person reads of a notification that comes again.
REASON = r"delivery:[0-9A-Z]+\.acme: http_503, again in \d+ s"


def told(tasks: dict[str, Any]) -> dict[str, str]:
    """What Flower knows of how each notification ended, by its state."""
    notes = [one for one in tasks.values() if one["name"] == "ingram.notify"]
    return {one["state"]: one["exception"] or one["result"] for one in notes}


def shown(port: int) -> dict[str, str]:
    """The pages of the notifications' tasks, by state, as Chromium shows them."""
    notes = [
        one
        for one in asked(port, "/api/tasks").values()
        if one["name"] == "ingram.notify"
    ]
    return {one["state"]: dom(port, f"/task/{one['uuid']}") for one in notes}


def dom(port: int, path: str) -> str:
    """The text of a page once its scripts have run."""
    address = f"http://{USER}@127.0.0.1:{port}{path}"
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--dump-dom")
    with tempfile.TemporaryDirectory() as folder:
        command = (str(CHROMIUM), *options, f"--user-data-dir={folder}", address)
        ran = subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=True
        )
    return html.unescape(re.sub(r"<[^>]*>", " ", ran.stdout))


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


def flower(site: Site, **settings: str) -> int:
    """Start Flower with the address of Redis, and of a broker beside it; its port."""
    port = free_port()
    options = (f"--port={port}", "--address=127.0.0.1", f"--basic-auth={USER}")
    command = (*celery("workers"), "flower", *options)
    site.child("flower", *command, WAYBILL_REDIS_URL=site.redis.url, **settings)
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
        texts = told(asked(port, "/api/tasks"))
        pages = shown(port) if CHROMIUM else {}
    assert seen == sorted(state for _, state in STORY)
    assert texts["SUCCESS"] == "1 done"
    assert re.fullmatch(REASON, texts["RETRY"])
    assert texts["FAILURE"].endswith(".acme: http_400')")
    for state, text in texts.items():
        assert not CHROMIUM or text in pages[state]
    if not CHROMIUM:
        pytest.skip("chromium is not here, so that Flower's pages were not looked at")


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
        stream.only.add(((b"secret", b"PRIVATE"),))
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
