"""Workers stop, warm or cold, with handed-over work under way and waiting."""

import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.environ import RECEIVER
from tests.processes.site import running_site
from tests.processes.waiting import until

pytestmark = pytest.mark.processes

THREADS = 4
#: More than the threads can have under way, so that some of it waits for them.
ORDERS = 12

WARM = (signal.SIGTERM,)
COLD = (signal.SIGQUIT,)
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
