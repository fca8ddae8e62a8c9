"""Workers stop, warm or cold, with handed-over work under way and waiting."""

import signal
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes

THREADS = 4
#: More than the threads can have under way, so that some of it waits for them.
ORDERS = 12

WARM = (signal.SIGTERM,)
COLD = (signal.SIGQUIT,)
#: Seconds that a call takes which is under way at a stop: all else is done sooner, and
#: the thread would go on with what else is due, see `tasks.execution.drain.STAY`.
LONG = 2.5
#: Of the threads, those that one destination may take.
CALLS = 3
IMPATIENT = (signal.SIGTERM, signal.SIGQUIT)
KILLED = (signal.SIGTERM, signal.SIGKILL)


@pytest.mark.parametrize(
    "signals", [WARM, COLD, IMPATIENT, KILLED], ids=["warm", "cold", "both", "killed"]
)
def test_a_stop_loses_nothing_of_what_was_handed_over(
    tmp_path: Path, signals: Sequence[signal.Signals]
) -> None:
    orders = feed.numbers(0, ORDERS)
    with running_site(tmp_path, LEASE="3", DEADLINE="2") as site:
        site.partners.receivers.behave(RECEIVER, delay=1.0)
        worker = site.worker("stopped", "-c", str(THREADS)).started()
        feed.publish(site.redis.url, orders)
        until("it is busy", lambda: len(site.ledger.sending("delivery:")) > 1)
        until("it is in a call", lambda: site.partners.applied(RECEIVER))

        for one in signals:
            worker.send(one)
        worker.exit_code()
        site.partners.receivers.behave(RECEIVER)
        site.worker("next").started()
        accounts = accounted(site, orders)

    assert (accounts.lost, accounts.dead) == (frozenset(), 0)
    assert accounts.doubled <= accounts.ambiguous
    if signals == WARM:
        assert accounts.ambiguous == 0


def test_a_warm_stop_begins_no_call_beside_those_that_are_in_hand(
    tmp_path: Path,
) -> None:
    orders, late = feed.numbers(0, ORDERS), feed.numbers(ORDERS, 2)
    with running_site(tmp_path, LEASE="15", DEADLINE="10") as site:
        site.partners.receivers.behave(RECEIVER, delay=LONG)
        worker = site.worker("stopped", "-c", str(THREADS)).started()
        feed.publish(site.redis.url, orders)
        until("only notifications are left", lambda: waits_for_its_receiver(site))
        in_hand = frozenset(map(named, site.ledger.sending("delivery:")))
        begun = notified(site) | in_hand

        worker.send(signal.SIGTERM)
        until("it has heard it", lambda: "Warm shutdown" in worker.output())
        feed.publish(site.redis.url, late)
        code = worker.exit_code()
        after, polls = notified(site), calls(site)
        left = site.ledger.refs("due") + site.ledger.refs("leased")
        sending = site.ledger.sending()
        site.partners.receivers.behave(RECEIVER)
        site.worker("next").started()
        accounts = accounted(site, (*orders, *late))

    assert (code, len(in_hand), after, polls) == (0, CALLS, begun, (ORDERS, ORDERS))
    # What had waited for a thread is left to others, and nothing is in doubt. An event
    # that was being read may still be admitted: that calls nobody.
    waiting = {named(ref) for ref in left if ref.endswith(f".{RECEIVER}")}
    assert (len(waiting), waiting & after, sending) == (ORDERS - CALLS, set(), [])
    assert (accounts.lost, accounts.dead) == (frozenset(), 0)
    assert (accounts.doubled, accounts.ambiguous) == (0, 0)


def waits_for_its_receiver(site: Site) -> bool:
    """Whether every order is polled and linked, and its notification is to be sent."""
    waiting = site.ledger.refs("due") + site.ledger.refs("leased")
    is_left = all(ref.startswith("delivery:") for ref in waiting)
    ended = site.ledger.count("done") == len(site.partners.links.history()) == ORDERS
    sending = len(site.ledger.sending("delivery:"))
    return is_left and ended and len(waiting) == ORDERS and sending == CALLS


def calls(site: Site) -> tuple[int, int]:
    """Orders that Westcon was asked for, and links that DECK has."""
    asked: set[str] = set()
    for entry in site.partners.journal.entries("westcon.order_status"):
        asked.update(cast("list[str]", entry.facts["orders"]))
    return len(asked), len(site.partners.links.history())


def notified(site: Site) -> frozenset[str]:
    """The notifications that have come to their receiver, by their ids."""
    return frozenset(one.event_id for one in site.partners.deliveries(RECEIVER))


def named(ref: str) -> str:
    """The id of a notification whose delivery this is."""
    return ref.removeprefix("delivery:").partition(".")[0]
