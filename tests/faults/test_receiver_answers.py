"""Receivers that ask for patience, or point elsewhere: H8, H11."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.http.fault import Fault
from sandbox.partners.ingram.receiver import Delivery
from sandbox.settings import RECEIVER_FALLBACK_SECRET
from tests.faults.figures import Figures, record
from tests.processes import feed
from tests.processes.site import Site, running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes

#: Our own pause, and the most that a receiver may ask for; in seconds.
PAUSE, MOST = 0.5, 3.0
#: What each receiver asks for, and the least seconds that it then gets.
ASKED = {
    "seconds": ("2", 2.0),
    "garbage": ("soon", PAUSE),
    "negative": ("-1", PAUSE),
    "past": ("Sat, 01 Jan 2000 00:00:00 GMT", PAUSE),
    "endless": ("1000000000", MOST),
}


@contextmanager
def serving(folder: Path, *names: str) -> Iterator[Site]:
    """A worker with a direct endpoint for each of these receivers."""
    settings: dict[str, Any] = {
        "INGRAM__RETRY_PAUSES": json.dumps([PAUSE] * 12),
        "INGRAM__RETRY_AFTER_MAX": str(MOST),
    }
    with running_site(folder, **settings) as site:
        known = {name: _endpoint(site, name) for name in names}
        more = {"WAYBILL_INGRAM__ENDPOINTS": json.dumps(known)}
        site.settings = {**site.settings, **more}
        site.worker("only").started()
        yield site


def _endpoint(site: Site, name: str) -> dict[str, object]:
    url = f"{site.partners.url}/receivers/{name}"
    secrets = [RECEIVER_FALLBACK_SECRET]
    return {"mode": "direct", "target_url": url, "secrets": secrets}


def publish(site: Site) -> None:
    """One order, of which every endpoint is notified."""
    (number,) = feed.numbers(0, 1)
    event = feed.placed(number, customer=False)
    feed.stream_at(site.redis.url).publish(event)


def two(site: Site, name: str) -> tuple[Delivery, Delivery]:
    """A receiver's first delivery, which it refused, and the one it took."""
    until(f"{name} has it", lambda: site.partners.applied(name))
    first, second = site.partners.deliveries(name)
    assert (first.accepted, second.accepted) == (False, True)
    assert (first.event_id, first.body) == (second.event_id, second.body)
    return first, second


@pytest.mark.parametrize("status", [429, 503])
def test_h8_a_retry_after_is_never_undercut_and_nonsense_is_our_own_pause(
    tmp_path: Path, status: int
) -> None:
    with serving(tmp_path, *ASKED) as site:
        for name, (asked, _) in ASKED.items():
            busy = Fault.status(status, "", {"Retry-After": asked})
            site.partners.faults.order(f"receiver.{name}", busy)

        publish(site)
        came = {name: two(site, name) for name in ASKED}

    record(Figures("H8", f"{status} with Retry-After in five spellings", len(ASKED)))
    waits = {name: second.at - first.at for name, (first, second) in came.items()}
    early = {n: waits[n] for n, (_, least) in ASKED.items() if waits[n] < least}
    assert early == {}


def test_h8_a_retry_after_as_a_date_is_waited_for(tmp_path: Path) -> None:
    until_then = datetime.now(UTC) + timedelta(seconds=6)
    date = format_datetime(until_then, usegmt=True)
    with serving(tmp_path, "dated") as site:
        busy = Fault.status(503, "", {"Retry-After": date})
        site.partners.faults.order("receiver.dated", busy)

        publish(site)
        first, second = two(site, "dated")

    # A date has no fractions of a second; what is past when it is read is now.
    asked = until_then.replace(microsecond=0).timestamp() - first.at_ms / 1000
    assert second.at - first.at >= min(asked - 1.0, MOST)


def test_h11_a_redirect_is_a_dead_letter_at_once_and_is_never_followed(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, "moved", "steady") as site:
        inner = f"{site.partners.url}/receivers/inner"
        moved = Fault.redirect(inner, 307)
        site.partners.faults.order("receiver.moved", moved, times=None)

        publish(site)
        until("it is given up", site.ledger.letters)
        until("the other has it", lambda: site.partners.applied("steady"))

        ((_, why),) = site.ledger.letters().values()
        asked = site.partners.journal.count("receiver.moved")
        followed = site.partners.journal.count("receiver.inner")
    record(Figures("H11", "307 to another receiver", 1))
    assert (asked, followed) == (1, 0)
    assert why == "moved answered 307, and redirects are never followed"
