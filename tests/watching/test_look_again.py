"""The ERP reports more of an order while Westcon is asked for it the last time."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sandbox.http.fault import Fault
from tasks.ledger_values import WatchMove
from tests.ledger import acts
from tests.watching.site import Halted, Site

DAYS_MS = 100 * 86_400_000


def notified_meanwhile(
    site: Site, move: WatchMove, westcon_number: str = "61"
) -> Callable[[], None]:
    """The ERP places order 1 again, or corrects its number, while it is looked at."""

    def happens() -> None:
        one = acts.admission(site.world, number="1", watch=move)
        order = one.order._replace(westcon_number=westcon_number)
        site.world.ledger.admit([replace(one, order=order)])

    return happens


def one_more_line(site: Site) -> None:
    site.sandbox.orders.stepping("61", ["INV"], n_lines=2)


def states(site: Site) -> str:
    return acts.state(site.world, "watch:westcon:1", "1")


def test_a_line_that_is_ordered_during_the_last_look_is_notified(site: Site) -> None:
    site.sandbox.orders.stepping("61", ["INV"])
    hint = site.watch("1")
    placed = notified_meanwhile(site, WatchMove.START)

    def meanwhile() -> None:
        one_more_line(site)
        placed()

    site.polled(hint, site.worker(Halted(site.westcon(), meanwhile)))
    site.polled(site.claim())

    assert sorted(site.reported("1")) == [
        ("10", "IM::invoiced"),
        ("20", "IM::invoiced"),
    ]
    assert states(site) == "ended"


@pytest.mark.parametrize("days", [0, 3])
def test_a_number_that_is_corrected_while_westcon_denies_the_old_one_is_asked_for(
    site: Site, days: int
) -> None:
    site.sandbox.orders.stepping("777", ["INV"])
    hint = site.watch("1")
    site.world.clock.advance(days * 86_400_000)
    corrected = notified_meanwhile(site, WatchMove.LOOK, "777")

    site.polled(hint, site.worker(Halted(site.westcon(), corrected)))
    site.polled(site.claim())

    assert site.reported("1") == [("10", "IM::invoiced")]
    assert site.world.letters.count() == 0


def test_patience_that_runs_out_during_an_event_is_asked_once_more(site: Site) -> None:
    site.sandbox.orders.stepping("61", ["SCH", "INV"])
    site.polled(site.watch("1"))
    site.world.clock.advance(DAYS_MS)
    placed = notified_meanwhile(site, WatchMove.LOOK)

    site.polled(site.claim(), site.worker(Halted(site.westcon(), placed)))
    assert states(site) == "due"
    site.polled(site.claim())

    assert site.reported("1")[-1] == ("10", "IM::invoiced")
    assert site.world.letters.count() == 0


def test_a_failing_westcon_does_not_put_an_event_off(site: Site) -> None:
    site.sandbox.orders.stepping("61", ["INV"])
    site.sandbox.faults.order("westcon.order_status", Fault.status(500), times=1)
    hint = site.watch("1")
    placed = notified_meanwhile(site, WatchMove.START)

    class Failing:
        """Westcon, during whose failure the ERP reports more."""

        def order_status(self, order_type: str, orders: tuple[str, ...]) -> object:
            try:
                return site.westcon().order_status(order_type, orders)
            finally:
                placed()

    site.polled(hint, site.worker(Failing()))  # type: ignore[arg-type]

    assert acts.due_in(site.world, "westcon", "watch:westcon:1", "1") == 0
