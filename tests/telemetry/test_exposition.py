"""The metrics page: promtool reads it, OpenMetrics has traces, labels are bounded."""

import shutil
import subprocess
from contextlib import nullcontext

import pytest
import redis
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tasks.execution.report import MadeAttempt
from tasks.ledger_values import Claim, Delivery, Kind
from tasks.outcomes.outcome import Again, Done
from tests.ledger import acts
from tests.ledger.clock import build
from waybill.serve.metrics import DoorMetrics
from workers.telemetry import metrics as bounds
from workers.telemetry.exposition import page_of
from workers.telemetry.ledger_metrics import LedgerMetrics
from workers.telemetry.ledger_snapshot import ledger_look
from workers.telemetry.metrics import OTHER_CODES, Metrics
from workers.telemetry.outcome_counts import OutcomeCounts

NOW_MS = 1_790_000_000_000
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
LINK = Delivery(
    Claim("delivery:L1", 1),
    2,
    "SO-1",
    Kind.LINK,
    b"",
    since_ms=NOW_MS - 700,
    trace=f"00-{TRACE_ID}-{'b7' * 8}-01",
)
DELIVERED = MadeAttempt("SO-1", 2, "http 200", 8, LINK)


def counted() -> Metrics:
    """What a worker has counted that has done one of each."""
    made = Metrics()
    counts = OutcomeCounts(made, lambda: NOW_MS)
    counts.count("deck", Again(1.0, "busy", "http_503"), DELIVERED)
    counts.count("deck", Done(), DELIVERED)
    made.events.labels("admitted").inc()
    made.call_seconds.labels("deck").observe(0.1)
    made.orders_per_call.labels("westcon").observe(7)
    made.hints.labels("deck.link").inc()
    made.step_turns.labels("intake").inc()
    return made


def test_promtool_finds_nothing_to_say_about_the_names(redis: redis.Redis) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed: `apt-get install prometheus` has it")
    world = build(redis)
    world.stream.make()
    acts.dead(world, acts.link())

    of_ledger = LedgerMetrics(
        lambda: ledger_look(
            lambda: nullcontext(redis), "orders:events", "waybill", ["deck"], 1
        )
    )
    page = page_of((counted().registry, DoorMetrics().registry, of_ledger))
    ran = subprocess.run(
        [promtool, "check", "metrics"], input=page, capture_output=True, check=False
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")


def test_open_metrics_name_the_trace_of_a_delivery() -> None:
    page = page_of((counted().registry,), is_open=True).decode()

    # The parser is not typed.
    read = text_string_to_metric_families(page)  # type: ignore[no-untyped-call]
    families = {one.name: one for one in read}
    exemplars = [
        sample.exemplar
        for sample in families["waybill_event_to_delivery_seconds"].samples
        if sample.exemplar
    ]
    assert [one.labels for one in exemplars] == [{"trace_id": TRACE_ID}]
    assert exemplars[0].value == 0.7
    assert page.endswith("# EOF\n")
    assert "trace_id" not in page_of((counted().registry,)).decode()


def test_outcomes_are_told_apart_by_the_code_of_their_failure() -> None:
    registry = counted().registry

    def count(outcome: str, code: str) -> float | None:
        labels = {"destination": "deck", "outcome": outcome, "code": code}
        return registry.get_sample_value("waybill_outcomes_total", labels)

    assert (count("again", "http_503"), count("done", "")) == (1, 1)


def test_codes_have_a_bound_and_no_words_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bounds, "MOST_CODES", 2)
    codes = bounds.Codes()

    found = [
        codes.of("deck", "again", code)
        for code in ("http_500", "deck_7", "http_502", "http_500", "A customer's name")
    ]

    assert found == ["http_500", "deck_7", OTHER_CODES, "http_500", OTHER_CODES]


def test_destinations_times_codes_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_CODED", 2)
    codes = bounds.Codes()

    found = [codes.of(f"ingram/{n}", "again", "timeout") for n in range(3)]

    assert found == ["timeout", "timeout", OTHER_CODES]


def test_what_runs_is_a_metric() -> None:
    page = page_of(()).decode()

    assert '\nwaybill_build_info{celery="' in page
    assert 'version="0.' in page
