"""Dead letters replayed: twice, meanwhile, after all, and in bulk."""

import json
import time
from collections import Counter
from pathlib import Path

import pytest

from sandbox.http.fault import Fault
from tests.faults import books, repeats
from tests.faults.figures import Figures, record
from tests.processes import command, feed
from tests.processes.environ import RECEIVER
from tests.processes.ledger_servers import fails_over
from tests.processes.site import Site, running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes


def refused(site: Site, orders: tuple[str, ...]) -> list[str]:
    """Have the receiver refuse them all; their dead letters' ids."""
    site.partners.receivers.behave(RECEIVER, status=400)
    stream = feed.stream_at(site.redis.url)
    for order in orders:
        stream.publish(feed.placed(order, customer=False))
    until("all are dead letters", lambda: site.ledger.dead() == len(orders), 110.0)
    until("the ledger is quiet", lambda: site.ledger.quiet)
    site.partners.receivers.behave(RECEIVER)
    return list(site.ledger.letters())


def served(site: Site, orders: tuple[str, ...]) -> None:
    """Wait until each has had its effect; each must have had it once."""
    until("every order is notified", lambda: not books.missing(site, orders), 110.0)
    until("the ledger is quiet", lambda: site.ledger.quiet)
    repeats.are_held(books.again(site), site.ledger.ambiguous)
    assert books.ids(site) == len(orders)
    assert site.ledger.letters() == {}


def test_a_letter_is_replayed_once_while_it_travels_and_not_after(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 1)
    with running_site(tmp_path) as site:
        site.worker("only").started()
        (letter,) = refused(site, orders)
        site.partners.faults.order(f"receiver.{RECEIVER}", Fault.delay(2.0))

        first = command.replayed(site, letter)
        until("it is under way", lambda: books.accepted(site))
        meanwhile = command.replayed(site, letter)
        served(site, orders)
        after = command.begun(site, "dead-letters", "replay", "--json", letter)
        code = after.exit_code()

        assert site.ledger.quiet
        assert len(books.accepted(site)) == 1 or fails_over()
        assert site.ledger.count("replayed") == 1
    assert first == Counter(replayed=1)
    assert meanwhile == Counter(not_dead=1)
    assert json.loads(after.output()) == [{"id": letter, "result": "not_dead"}]
    assert code == 1
    record(Figures("E4", "replayed twice, meanwhile, and delivered", len(orders)))


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "count", [150, pytest.param(10_000, marks=pytest.mark.long)], ids=str
)
def test_two_bulk_replays_at_once_send_each_letter_once(
    tmp_path: Path, count: int
) -> None:
    orders = feed.numbers(0, count)
    with running_site(tmp_path, INGRAM__HOLD_AFTER="0") as site:
        site.worker("only").started()
        refused(site, orders)
        began = time.monotonic()

        both = [
            command.begun(site, "dead-letters", "replay", "--all", "--json")
            for _ in range(2)
        ]
        output = sum((command.results(one) for one in both), Counter())
        took = time.monotonic() - began
        again = command.replayed_all(site)
        served(site, orders)

        assert site.ledger.count("replayed") == count
    assert output["replayed"] == count
    assert set(output) <= {"replayed", "not_dead"}
    assert again == Counter()
    what, note = f"2 bulk replays at once of {count:,} letters", f"{took:.1f} s"
    record(Figures("E4", what, count, note=f"reported in {note}"))
