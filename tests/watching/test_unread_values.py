"""What Westcon writes in a form that no rule reads is counted by its field."""

from serializers.westcon.line import Unread
from tasks.planning.statuses import DEFAULT_STATUSES
from tests.tasks.fakes import FakeWestcon
from tests.tasks.samples import reported
from workers.dispatch.call_times import CallTimes
from workers.partners.westcon.calls import MeasuredWestcon
from workers.telemetry.metrics import Metrics
from workers.telemetry.stopwatch import Stopwatch


def test_each_look_counts_what_it_could_not_read_and_shows_no_text() -> None:
    unread = (Unread("shipDate", "25 Sept"), Unread("lineQuantity", "two"))
    lines = (reported("SHI", unread=unread), reported("SHI", "20", unread=unread[:1]))
    metrics, westcon = Metrics(), FakeWestcon(lines={"1": lines})
    measured = MeasuredWestcon(
        westcon, Stopwatch(metrics, CallTimes()), DEFAULT_STATUSES
    )

    for _ in range(2):
        measured.order_status("W", ("1",))

    (family,) = metrics.unreadable_values.collect()
    counts = {
        (one.labels["partner"], one.labels["field"]): one.value
        for one in family.samples
        if one.name.endswith("_total")
    }
    assert counts == {("westcon", "shipDate"): 4.0, ("westcon", "lineQuantity"): 2.0}
