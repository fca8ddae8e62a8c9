"""The demo's stack, and what can be asked of it and done to it."""

import json
import os
import secrets
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.containers.engine import asked, done
from tests.deploy.files import ROOT

SERVICES = ("redis", "sandbox", "worker-demo", "flower-demo")
#: An image and a project of its own: a stack that runs here already is left alone.
IMAGE = "waybill:checked"
COMPOSE = (
    "docker",
    "compose",
    "--project-name",
    "waybill-checked",
    "--file",
    str(ROOT / "compose.yaml"),
    "--file",
    str(Path(__file__).with_name("apart.yaml")),
    "--profile",
    "demo",
)

#: What asks the stand-ins, from within the stack.
ASK = """
import sys, urllib.request
method, path, body = sys.argv[1:]
request = urllib.request.Request(
    "http://sandbox:8080/_sandbox/" + path, body.encode() or None, method=method)
print(urllib.request.urlopen(request, timeout=20).read().decode())
"""

#: What asks a worker's health page, from within its container.
PAGE = """
import http.client, sys
connection = http.client.HTTPConnection("127.0.0.1", 9808, timeout=5)
connection.request("GET", sys.argv[1])
print(connection.getresponse().status)
"""


class Stack:
    """Compose's project, from its start to its removal."""

    def __init__(self) -> None:
        self._environment = os.environ | {
            "WORKER_IMAGE": IMAGE,
            "REDIS_PASSWORD": secrets.token_hex(24),
            "FLOWER_BASIC_AUTH": f"operator:{secrets.token_hex(12)}",
        }

    def compose(self, *arguments: str, given: str = "") -> str:
        """Run a command of Compose that has to succeed."""
        return done([*COMPOSE, *arguments], self._environment, given)

    def up(self, *options: str) -> str:
        """Start what does not run, and return what Compose said of it."""
        return self.compose("up", "--detach", *options, *SERVICES)

    def down(self) -> None:
        """Remove containers, networks and what Redis has kept."""
        self.compose("down", "--volumes", "--timeout", "10")

    def containers(self, service: str) -> list[str]:
        """Return the ids of a service's containers, stopped ones too."""
        return self.compose("ps", "--all", "--quiet", service).split()

    def waybill(self, *arguments: str, given: str = "") -> str:
        """Run a command of Waybill beside a worker."""
        return self.compose(
            "exec", "--no-TTY", "worker-demo", "waybill", *arguments, given=given
        )

    def status(self) -> dict[str, Any]:
        """Return what `waybill status --json` says, whether all is well or not."""
        command = [*COMPOSE, "exec", "--no-TTY", "worker-demo"]
        run = asked(*command, "sh", "-c", "waybill status --json || true")
        found: dict[str, Any] = json.loads(run.stdout)
        return found

    def sandbox(self, method: str, path: str, body: object = None) -> Any:
        """Ask the stand-ins' control API."""
        given = "" if body is None else json.dumps(body)
        answer = self.compose(
            *("exec", "--no-TTY", "sandbox", "python", "-c", ASK, method, path, given)
        )
        return json.loads(answer)

    def page(self, container: str, path: str) -> str:
        """Return the status of a worker's health page; empty when nobody answers."""
        said = inside(container, "python", "-c", PAGE, path)
        return said if said.isdecimal() else ""

    def publish(self, tag: str, count: int) -> None:
        """Publish that many orders, each with an order of Westcon's of its own."""
        lines = [json.dumps(event(tag, number)) for number in range(count)]
        self.waybill("publish", "-", given="\n".join(lines) + "\n")

    def delivered(self) -> Counter[tuple[str, str]]:
        """Return how often each receiver took each notification, signature and all."""
        return Counter(
            (taken["receiver"], taken["event_id"])
            for taken in self.sandbox("GET", "deliveries")
            if taken["accepted"] and taken["verified"]
        )


def event(tag: str, number: int) -> dict[str, object]:
    """Return an order that is placed."""
    first = 6_000_000_000 + sum(map(ord, tag)) * 10_000
    return {
        "specversion": "1.0",
        "id": f"{tag}-{number}",
        "source": "/erp",
        "type": "order.placed",
        "time": "2026-03-02T09:15:00Z",
        "data": {
            "order_number": f"SO-{tag}-{number:04d}",
            "customer_id": f"CUST-{number}",
            "westcon": {"order_number": str(first + number), "order_type": "W"},
        },
    }


def inspected(container: str, template: str) -> str:
    """Return what the engine says of a container."""
    return asked("docker", "inspect", "--format", template, container).stdout.strip()


def inside(container: str, *command: str) -> str:
    """Run a command in a container, and return what it printed, failed or not."""
    run = asked("docker", "exec", container, *command)
    return (run.stdout + run.stderr).strip()


def logged(container: str) -> Sequence[str]:
    """Return the lines of a container's log, of both its outputs."""
    run = asked("docker", "logs", container)
    return [line for line in (run.stdout + run.stderr).splitlines() if line.strip()]


def signalled(container: str, signal: str) -> None:
    """Send a signal past the engine, whose `kill` counts as an operator's stop."""
    process = inspected(container, "{{.State.Pid}}")
    helper = ("docker", "run", "--rm", "--pid", "host", "--user", "0:0")
    act = f"import os, signal; os.kill({process}, signal.{signal})"
    run = asked(*helper, "--entrypoint", "python", IMAGE, "-c", act)
    assert run.returncode == 0, run.stderr
