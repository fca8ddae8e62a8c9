"""The walks on the map are a worker's: these modules, in this order, no others."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.http.fault import Fault
from tests.docs.pages import text
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import running_site
from tests.processes.two_endpoints import OTHER, publish, with_two
from tests.processes.waiting import until
from tests.processes.walk_trace import FAILED, TRACE, last_walks

pytestmark = pytest.mark.processes

PAGE = text("docs/map.md").partition("## Three walks")[2].partition("\n## ")[0]
#: What all of them pass: modules, and whole folders.
BESIDE = tuple(re.findall(r"`(\w+/[\w/.]+)`", PAGE.partition("### ")[0]))

#: Each walk by its heading, and the threads and destinations that it leads through.
WALKS = {
    "An event from the stream to the ledger": ("waybill-intake", "orders.receive"),
    "A poll from due to notification": (
        "waybill-release",
        "westcon",
        f"ingram/{RECEIVER}",
    ),
    "A failure from exception to dead letter": (f"ingram/{OTHER}{FAILED}",),
}

#: Where a thread that has finished goes on, when there is something to do.
MAY_BE = (
    "tasks/hint_batching.py",
    "workers/dispatch/elsewhere.py",
    "workers/dispatch/hints.py",
    "workers/dispatch/room.py",
    "tasks/concurrency.py",
    "workers/ledger/claims.py",
)


def on_the_map(heading: str) -> list[str]:
    """The modules in the first column of a walk's table, from top to bottom."""
    section = PAGE.partition(f"### {heading}\n")[2].partition("\n### ")[0]
    cells = (row.split("|")[1] for row in section.splitlines() if row.startswith("|"))
    return [module for cell in cells for module in re.findall(r"`([\w/.]+)`", cell)]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What a worker entered, by walk, at the last time that it went it.

    Westcon has the line scheduled at the first look, and shipped at a later one, for
    which Release claims the watch.
    """
    folder = tmp_path_factory.mktemp("walks")
    trace = folder / "trace"
    pace: dict[str, Any] = {"WESTCON__POLL_MIN": "0.1", "WESTCON__POLL_MAX": "0.5"}
    with running_site(folder, INGRAM__RETRY_PAUSES="[0.1]", **pace) as site:
        with_two(site)
        site.settings = {**site.settings, TRACE: str(trace)}
        site.partners.orders.answer_all(("SCH", "INV"))
        failing = f"receiver.{OTHER}"
        site.partners.faults.order(failing, Fault.status(503), times=None)
        worker = site.worker("only", app="tests.processes.traced_app").started()
        publish(site, feed.numbers(0, 1))
        until("one receiver has it", lambda: site.partners.applied(RECEIVER))
        until("one is given up", site.ledger.letters)
        until("all is quiet", lambda: site.ledger.quiet)
        worker.send(signal.SIGTERM)
        worker.exit_code()
    return last_walks(trace.read_text().splitlines())


def passed(walked: dict[str, list[str]], parts: tuple[str, ...]) -> Iterator[str]:
    """The modules of a walk as they were first entered, without those beside it."""
    modules = [module for part in parts for module in walked[part]]
    yield from (one for one in dict.fromkeys(modules) if not one.startswith(BESIDE))


def without_what_may_be(found: list[str], named: list[str]) -> list[str]:
    """Leave out where a thread goes that has finished, and has nothing to do or has."""
    return [one for one in found if one in named or one not in MAY_BE]


@pytest.mark.parametrize("heading", WALKS)
def test_a_walk_passes_the_modules_that_the_map_names_in_that_order(
    walked: dict[str, list[str]], heading: str
) -> None:
    named = on_the_map(heading)
    found = list(passed(walked, WALKS[heading]))

    assert without_what_may_be(found, named) == named


@pytest.mark.parametrize("heading", WALKS)
def test_every_module_of_a_walk_exists(heading: str) -> None:
    named = on_the_map(heading)

    assert named
    assert [one for one in named if not Path(one).is_file()] == []
