"""Rivals of the product: what is counted, printed, locked and published."""

import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.feed import placed
from benchmarks.processes import ROOT
from benchmarks.rivals import install
from benchmarks.rivals.kills import Kills
from benchmarks.rivals.roster import RIVALS, named
from benchmarks.rivals.steady import Drain, Steady, drain
from benchmarks.rivals.tally import tally
from benchmarks.rivals.usage import Usage, family_mib

SOURCES = ROOT / "benchmarks" / "rivals"
#: A publisher to which nothing is accepted at the first attempt.
REFUSING = """
import asyncio
from benchmarks.rivals.lines import publish

attempts = []

async def accept(events):
    attempts.append(events)
    if len(attempts) == 1:
        raise OSError("away")

asyncio.run(publish(accept, (OSError,)))
"""


def test_an_order_that_lacks_a_link_or_a_notification_is_lost() -> None:
    links = [("1", 1.0), ("2", 2.0)]
    notifications = [("1", "A", 3.0), ("3", "C", 4.0)]

    found = tally({"1", "2", "3", "4"}, links, notifications)

    assert (found.accepted, found.lost) == (4, 3)
    assert found.last == 3.0


def test_an_order_that_was_linked_or_notified_again_is_doubled_once() -> None:
    links = [("1", 1.0), ("1", 9.0), ("2", 2.0)]
    notifications = [("1", "A", 3.0), ("1", "A", 5.0), ("2", "B", 4.0)]

    found = tally({"1", "2"}, links, notifications)

    assert (found.doubled, found.second_ids) == (1, 0)
    assert found.last == 4.0, "a repeat is not what one has waited for"


def test_a_second_event_id_is_one_on_which_the_receiver_acts_again() -> None:
    found = tally({"1"}, [("1", 1.0)], [("1", "A", 3.0), ("1", "B", 5.0)])

    assert (found.doubled, found.second_ids) == (1, 1)


def test_what_was_not_accepted_does_not_count() -> None:
    found = tally(set(), [("1", 1.0), ("1", 2.0)], [("1", "A", 3.0)])

    assert (found.accepted, found.lost, found.doubled) == (0, 0, 0)
    assert found.last == -math.inf


orders = st.sampled_from("12345")
moments = st.integers(0, 9).map(float)


@settings(suppress_health_check=[HealthCheck.too_slow])  # where the machine is busy
@given(
    st.sets(orders, max_size=5),
    st.lists(st.tuples(orders, moments), max_size=8),
    st.lists(st.tuples(orders, st.sampled_from("AB"), moments), max_size=8),
)
def test_every_accepted_order_is_either_lost_or_was_linked_and_notified(
    accepted: set[str],
    links: list[tuple[str, float]],
    notifications: list[tuple[str, str, float]],
) -> None:
    found = tally(accepted, links, notifications)

    both = {o for o, _ in links} & {o for o, _, _ in notifications} & accepted
    assert found.accepted - found.lost == len(both)
    assert found.doubled <= len(both)
    assert (found.last == -math.inf) == (not both)


def test_a_drain_is_printed_with_the_cost_of_processes_store_and_both() -> None:
    usage = Usage(2.0, 0.5, 187.4, 8.2, 0.034)

    cells = Drain("x", 100, 200, 4.0, usage).cells

    assert cells == ("x", "100 ms", "50", "10.00", "2.50", "12.50", "187", "8", "3%")


def test_a_rival_that_falls_behind_has_no_percentile_there() -> None:
    usage = Usage(1.0, 0.5, 0.0, 0.0, 0.0)

    cells = Steady("x", 0, 50, 200, 100, 1_234.56, None, usage).cells

    assert cells[3:9] == (
        "10.00",
        "5.00",
        "15.00",
        "1,234.6",
        "falls behind",
        "100 of 200",
    )


@pytest.mark.parametrize(
    ("lost", "after", "printed"),
    [(0, 12.4, "12 s"), (0, -3.0, "0 s"), (1, 12.4, "not within 120 s")],
)
def test_the_time_until_all_is_notified_is_from_the_last_kill(
    lost: int, after: float, printed: str
) -> None:
    kills = Kills("x", 30, 600, lost, 0, 0, after, 60.0, 120.0, 0)

    assert kills.cells[5] == printed


def test_a_part_of_a_name_chooses_rivals_in_any_case() -> None:
    assert [rival.name for rival in named(["BULL", "streaq"])] == ["BullMQ", "streaQ"]
    assert named([]) == RIVALS
    assert named(["nobody"]) == ()


def test_all_that_a_rival_needs_is_locked_and_names_no_address() -> None:
    lock = json.loads((SOURCES / "node" / "package-lock.json").read_text())
    packages = [each for path, each in lock["packages"].items() if path]
    assert all(each["integrity"] for each in packages)
    assert not [each for each in packages if "resolved" in each]
    needed = {need for rival in RIVALS for need in rival.needs} - {"node"}
    for file in (SOURCES / need / "requirements.txt" for need in needed):
        pins = re.findall(r"(?m)^\S+==.*\n(?: .*\n?)*", file.read_text())
        assert pins
        assert all("--hash=sha256:" in pin for pin in pins)
        assert "://" not in file.read_text()


@pytest.mark.parametrize("name", ["BullMQ", "streaQ"])
def test_the_version_of_a_rival_is_that_of_its_lock(name: str) -> None:
    (rival,) = named([name])

    found = install.locked_versions(rival)

    assert all(re.fullmatch(r"\d+\.\d+\.\d+", found[each]) for each in rival.versions)


def test_an_event_is_published_again_until_it_is_accepted() -> None:
    events = b"".join(placed(number) + b"\n" for number in ("60000001", "60000002"))

    done = subprocess.run(
        [sys.executable, "-c", REFUSING],
        input=events,
        capture_output=True,
        check=True,
        cwd=ROOT,
        timeout=60,
    )

    assert done.stdout.decode().split() == ["ready", "60000001", "60000002"]


def test_memory_counts_what_processes_share_once() -> None:
    own = family_mib(os.getpid())

    status = Path(f"/proc/{os.getpid()}/status").read_text()
    resident = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert resident is not None
    assert 1 < own <= 1.5 * int(resident[1]) / 1_024


@pytest.mark.long
@pytest.mark.processes
def test_the_product_tells_the_story_among_the_rivals() -> None:
    (waybill,) = named(["waybill"])

    found = drain(waybill, delay_ms=0, events=40)

    assert found.seconds > 0
    assert found.usage.processes > 0
    assert found.usage.processes_mib > found.usage.store_mib > 0
