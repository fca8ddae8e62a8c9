"""When an order is looked at next, and when no more, as the ledger keeps it."""

from dataclasses import replace

from serializers.events.decode import EventLine, EventType, OrderEvent
from tasks.planning.plan import plan
from tasks.planning.rules import WESTCON
from tests.ledger import acts
from tests.watching.site import RULES, Site

MINUTE_MS, DAY_MS = 60_000, 86_400_000


def message(site: Site, status: str) -> None:
    """The ERP reports that line 10 of order 1 has this status."""
    now_ms, held = site.world.clock.now_ms, site.world.ledger.orders(["1"])[0]
    event = OrderEvent(
        id=f"e-{now_ms}",
        source="/erp",
        type=EventType.STATUS_CHANGED,
        time_ms=now_ms,
        order_number="1",
        deck_number="1",
        lines=(EventLine("10", status),),
    )
    planned = plan(event, f"{now_ms}-0", held, RULES, now_ms)
    admission = acts.admission(site.world, planned.deliveries, "1", planned.watch)
    site.world.ledger.admit([replace(admission, order=planned.order)])


def due_in(site: Site) -> int:
    return acts.due_in(site.world, WESTCON, "watch:westcon:1", "1")


def test_a_look_comes_after_a_tenth_of_the_standstill(site: Site) -> None:
    site.sandbox.orders.stepping("61", ["SCH"])
    site.polled(site.watch("1"))
    site.world.clock.advance(10 * DAY_MS // 24)

    site.polled(site.claim())

    assert 54 * MINUTE_MS <= due_in(site) <= 66 * MINUTE_MS


def test_an_event_of_the_erps_has_westcon_looked_at_at_once(site: Site) -> None:
    site.sandbox.orders.stepping("61", ["SCH"])
    site.polled(site.watch("1"))
    site.world.clock.advance(30 * DAY_MS)
    site.polled(site.claim())
    assert due_in(site) > 60 * MINUTE_MS

    message(site, "SHI")

    site.pass_lease()
    site.polled(site.claim())
    assert site.sandbox.journal.count("westcon.order_status") == 3
    assert due_in(site) < 2 * MINUTE_MS


def test_after_ninety_days_without_a_change_a_dead_letter_reports_it(
    site: Site,
) -> None:
    site.sandbox.orders.stepping("61", ["SCH"])
    site.polled(site.watch("1"))
    site.world.clock.advance(90 * DAY_MS + 1)

    site.polled(site.claim())

    (letter,) = site.world.letters.all()
    assert (letter.kind, letter.order) == ("watch", "1")
    assert "has not changed for 90 days" in letter.reason
    assert "order.placed" in letter.reason
    assert site.left() == 0


def test_a_baseline_is_kept_in_silence_and_what_follows_is_notified(site: Site) -> None:
    site.sandbox.orders.stepping("61", ["SHI", "INV"])
    site.polled(site.watch("1", baseline=True))
    assert site.reported("1") == []
    site.world.clock.advance(DAY_MS)

    site.polled(site.claim())

    assert site.reported("1") == [("10", "IM::invoiced")]
