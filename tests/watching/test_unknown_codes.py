"""Codes that the table does not have are counted, and logged once."""

import pytest
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from serializers.westcon.reply import StatusLine
from tasks.planning.statuses import DEFAULT_STATUSES
from tests.tasks.fakes import FakeWestcon
from tests.tasks.samples import reported
from workers.dispatch.call_times import CallTimes
from workers.partners.westcon.calls import MeasuredWestcon
from workers.telemetry.metrics import Metrics
from workers.telemetry.stopwatch import MOST_CODES, Stopwatch


def counted(*lines: StatusLine, looks: int = 1) -> tuple[dict[str, float], list[str]]:
    """How often each code was counted, and the codes that were logged."""
    metrics, westcon = Metrics(), FakeWestcon(lines={"1": lines})
    measured = MeasuredWestcon(
        westcon, Stopwatch(metrics, CallTimes()), DEFAULT_STATUSES
    )
    with capture_logs() as logged:
        for _ in range(looks):
            assert measured.order_status("W", ("1",)) == lines
    generate_latest(metrics.registry)
    (family,) = metrics.unknown_statuses.collect()
    counts = {
        one.labels["status"]: one.value
        for one in family.samples
        if one.name.endswith("_total")
    }
    return counts, [line["status"] for line in logged]


def test_a_code_without_an_entry_is_counted_each_time_and_logged_once() -> None:
    counts, logged = counted(reported("QQQ"), reported("SHI", "20"), looks=3)

    assert counts == {"QQQ": 3.0}
    assert logged == ["QQQ"]


@pytest.mark.parametrize("code", [*DEFAULT_STATUSES, "NAO"])
def test_a_code_of_the_table_and_an_unknown_order_are_no_news(code: str) -> None:
    assert counted(reported(code)) == ({}, [])


def test_a_line_without_a_code_is_counted_as_that() -> None:
    assert counted(reported("")) == ({"(none)": 1.0}, ["(none)"])


def test_garbage_does_not_grow_the_metrics_without_end() -> None:
    garbage = [reported(f"X{n}") for n in range(MOST_CODES + 5)]

    counts, logged = counted(*garbage)

    assert len(counts) == MOST_CODES + 1
    assert counts["(other)"] == 5.0
    assert len(logged) == MOST_CODES
