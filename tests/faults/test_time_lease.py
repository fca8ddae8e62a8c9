"""A lease ends while Westcon is still being asked: what is seen is reported once."""

import signal
from pathlib import Path

import pytest

from sandbox.http.fault import Fault
from tests.faults import books, repeats
from tests.faults.figures import Figures, record
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.ledger_servers import fails_over
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from tests.processes.worker import Worker

pytestmark = pytest.mark.processes

ROUTE = "westcon.order_status"

#: What Westcon makes each caller wait; less than a call's deadline.
WAIT = 2.5

#: More than there are orders: each may be in a poll of its own partition at once.
THREADS = "32"


def asked(site: Site, orders: tuple[str, ...], times: int) -> bool:
    """Whether Westcon has been asked for each order so often."""
    polls = books.polls(site)
    return all(polls[order] >= times for order in orders)


def frozen_in_its_polls(site: Site, orders: tuple[str, ...]) -> Worker:
    """Stop a worker while Westcon holds its answers back."""
    # Else the first polls have ended before the last order is admitted.
    site.failover.postpone()
    worker = site.worker("frozen", "-c", THREADS).started()
    site.partners.faults.order(ROUTE, Fault.delay(WAIT), times=None)
    stream = feed.stream_at(site.redis.url)
    for order in orders:
        stream.publish(feed.placed(order, customer=False))
    until("Westcon is asked", lambda: asked(site, orders, 1))
    worker.send(signal.SIGSTOP)
    site.failover.see_to_it()
    return worker


def polled_again_meanwhile(site: Site, orders: tuple[str, ...]) -> None:
    """Have another worker poll when the leases have ended."""
    site.worker("healthy").started()
    until("Westcon is asked again", lambda: asked(site, orders, 2))


def notified_once(site: Site, orders: tuple[str, ...], what: str) -> None:
    until("every order is notified", lambda: not books.missing(site, orders))
    until("the ledger is quiet", lambda: site.ledger.quiet)
    doubled, ambiguous = books.again(site), site.ledger.ambiguous
    assert books.ids(site) == len(orders)
    assert site.ledger.count("done") == len(orders)
    assert site.ledger.letters() == {}
    repeats.are_held(doubled, ambiguous)
    row = Figures("T4", what, len(orders), doubled=doubled, ambiguous=ambiguous)
    record(row)


def test_two_workers_that_poll_the_same_orders_at_once_report_each_change_once(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 20)
    with running_site(tmp_path) as site:
        frozen = frozen_in_its_polls(site, orders)
        polled_again_meanwhile(site, orders)

        # Both have their answers to the same questions under way.
        frozen.send(signal.SIGCONT)

        until(
            "the late worker has ended its polls",
            lambda: "westcon.poll" in frozen.output(),
        )
        notified_once(site, orders, "two workers poll the same orders at once")


@pytest.mark.long
def test_a_poll_that_ends_long_after_its_lease_reports_nothing_again(
    tmp_path: Path,
) -> None:
    orders = feed.numbers(0, 20)
    with running_site(tmp_path) as site:
        frozen = frozen_in_its_polls(site, orders)
        polled_again_meanwhile(site, orders)
        until("every order is notified", lambda: not books.missing(site, orders))

        frozen.send(signal.SIGCONT)

        until(
            "the late worker has ended its polls",
            lambda: "westcon.poll" in frozen.output(),
        )
        notified_once(site, orders, "a poll ends after its lease and another's poll")


@pytest.mark.long
def test_an_older_answer_that_comes_late_is_not_notified_after_a_newer_one(
    tmp_path: Path,
) -> None:
    order = feed.numbers(0, 1)[0]
    with running_site(tmp_path) as site:
        site.partners.orders.stepping(order, ["SHI", "INV"])
        frozen = frozen_in_its_polls(site, (order,))
        polled_again_meanwhile(site, (order,))
        until("the newer status is notified", lambda: books.accepted(site))

        frozen.send(signal.SIGCONT)

        until("the late poll has ended", lambda: "westcon.poll" in frozen.output())
        until("the ledger is quiet", lambda: site.ledger.quiet)
        notified = [one.statuses for one in site.partners.deliveries(RECEIVER)]
    assert set(notified) == {("im::order_invoiced", "IM::invoiced")}
    assert len(notified) == 1 or fails_over()
    record(Figures("T4", "an older answer comes after a newer one", 1))
