"""Partners' texts stay in dead letters: no log, event, page or metric repeats them."""

import http.client
import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from sandbox.http.fault import Fault
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.test_flower import USER, flower
from tests.processes.waiting import until
from tests.redis_servers import free_port

pytestmark = pytest.mark.processes

#: A customer, as a partner repeats it from the request.
CANARY = "Zebedee-Quillfeather"
BODY = json.dumps({"message": f"no customer {CANARY}", "error": CANARY})
PAGE = f"<html><body><h1>{CANARY} cannot be served</h1></body></html>"

#: Each partner's texts, one order after the other; the last two end what they meet.
MAX_QUOTED = {
    "westcon.order_status": (Fault.status(400, BODY), Fault.status(503, PAGE)),
    "deck.link": (
        Fault.response_code(9, f"unknown customer {CANARY}"),
        Fault.status(400, BODY),
        Fault.status(200, json.dumps({"ResponseCode": CANARY, "Message": CANARY})),
        Fault.status(500, PAGE),
        Fault.html_200(),
    ),
    f"receiver.{RECEIVER}": (
        Fault.status(400, BODY),
        Fault.status(503, PAGE),
        Fault.status(429, BODY),
        Fault.status(302, CANARY, {"Location": f"/{CANARY}"}),
        Fault.status(410, BODY),
    ),
    "token.microsoft": (Fault.status(400, BODY),),
}


@contextmanager
def events(site: Site) -> Iterator[list[str]]:
    """Everything that Celery's workers report of themselves meanwhile."""
    heard: list[str] = []
    app, stopped = Celery(broker=site.servers.hints.own_url), threading.Event()

    def listen() -> None:
        with app.connection_for_read() as connection:
            handlers = {"*": lambda event: heard.append(str(event))}
            receiver = app.events.Receiver(connection, handlers=handlers)
            while not stopped.is_set():
                with suppress(TimeoutError):
                    receiver.capture(limit=None, timeout=0.5, wakeup=False)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        stopped.set()
        thread.join(10.0)


def flower_pages(port: int, tasks: list[str]) -> str:
    """What Flower shows of all tasks, and of each."""
    paths = ["/api/tasks", "/tasks", *(f"/task/{one}" for one in tasks)]
    return "\n".join(_shown(port, path) for path in paths)


def _shown(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Authorization": f"Basic {b64encode(USER.encode()).decode()}"}
    connection.request("GET", path, headers=headers)
    reply = connection.getresponse()
    text = reply.read().decode()
    connection.close()
    assert reply.status == http.client.OK, (path, reply.status)
    return text


def every_fault_once(site: Site) -> None:
    """Each partner answers each of its words, one order after the other."""
    words = [(route, fault) for route, faults in MAX_QUOTED.items() for fault in faults]
    numbers = feed.numbers(0, len(words))
    for number, (route, fault) in zip(numbers, words, strict=True):
        if route.startswith("token."):
            site.partners.revoke_tokens()
        site.partners.faults.order(route, fault)
        feed.publish(site.redis.url, (number,))
        until(f"{route} has reported it", lambda: not site.partners.faults.pending())


@pytest.mark.parametrize("form", ["json", pytest.param("text", marks=pytest.mark.long)])
def test_what_a_partner_states_is_in_dead_letters_and_nowhere_else(
    tmp_path: Path, form: str
) -> None:
    health = free_port()
    settings: dict[str, Any] = {
        "HEALTH_PORT": str(health),
        "LOG_FORMAT": form,
        "LOG_LEVEL": "debug",
        "WESTCON__RETRY_PAUSES": "[0.2, 0.2]",
        "DECK__RETRY_PAUSES": "[0.2, 0.2]",
        "INGRAM__RETRY_PAUSES": "[0.2, 0.2]",
    }
    with running_site(tmp_path, **settings) as site, events(site) as heard:
        port = flower(site)
        worker = site.worker("only").started()

        every_fault_once(site)
        until("some of it is a dead letter", lambda: len(site.ledger.letters()) >= 4)
        until("Celery reports failures", lambda: "task-failed" in str(heard))

        tasks = list(json.loads(_shown(port, "/api/tasks")))
        places = {
            "log": worker.output(),
            "flower": flower_pages(port, tasks),
            "flower's log": site.children["flower"].output(),
            "events": "\n".join(heard),
            "metrics": _shown(health, "/metrics"),
        }
        letters = str(site.ledger.letters())
    assert CANARY in letters
    hits = {place: text.count(CANARY) for place, text in places.items()}
    assert hits == dict.fromkeys(places, 0)
    # What is left is of use: who, what, and the code.
    assert "http_400" in places["log"]
    assert "http_400" in places["events"]
    assert "http_400" in places["flower"]
