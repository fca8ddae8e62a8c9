"""The spans of one order: a tree in the ERP's trace, with a retry and a dead letter."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery.exceptions import Retry

from serializers.traceparent import child, parse
from tasks.ledger_values import Hint
from tests.processes import feed
from tests.processes.environ import RECEIVER
from tests.processes.site import Site, running_site
from tests.processes.waiting import until
from workers.celery_app.runs import GivenUpError, run_events, run_hint
from workers.dispatch.queues import ORDERS
from workers.partners import registry
from workers.settings.settings import Settings
from workers.steps.readiness import wait_until_fit
from workers.telemetry.traces.exporter import exporter_of
from workers.wiring.process import Process, process_of

otel = pytest.importorskip("opentelemetry.sdk.trace.export", reason="the extra otel")

TRACE_ID, ERP = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE_ID}-{ERP}-01"
NUMBER, *_ = feed.numbers(0, 1)

TREE = """\
receive orders:events [consumer] admitted
  link deck [client] done
  poll westcon [client] done
    notify ingram/acme [client] again, error http_503
    notify ingram/acme [client] giveup, error http_400, resent 1, after the one before, dead letter
"""  # noqa: E501 (a line for each span)


class Hints:
    """Keeps hints until they are worked on."""

    def __init__(self) -> None:
        self.kept: list[Hint] = []

    def send(self, hints: Sequence[Hint]) -> None:
        self.kept += hints


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Any:
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import (  # noqa: PLC0415 (after the skip)
        InMemorySpanExporter,
    )

    from workers.telemetry.traces import otel_exporter  # noqa: PLC0415 (after the skip)

    memory = InMemorySpanExporter()

    def over_memory() -> otel_exporter.OtelExporter:
        return otel_exporter.OtelExporter(otel.SimpleSpanProcessor(memory))

    monkeypatch.setattr(otel_exporter, "over_http", over_memory)
    return memory


def traced_event() -> bytes:
    event = json.loads(feed.placed(NUMBER))
    return json.dumps(event | {"traceparent": TRACEPARENT}).encode()


def worked(process: Process, hints: Hints) -> None:
    """Work on every hint, as the threads of a worker do."""
    while hints.kept:
        hint = hints.kept.pop(0)
        task = registry.spec_of(hint.destination).task
        with suppress(GivenUpError, Retry):
            run_hint(task, hint, process, process.slots.taken(hint.destination))


def played(site: Site, **settings: str) -> Process:
    """One order from its event to a dead letter, in this process."""
    environ = {**site.settings, "WAYBILL_INGRAM__RETRY_PAUSES": "[0.05]", **settings}
    made = process_of(Settings.load(environ), Celery("tests", set_as_current=False), 4)
    hints = Hints()
    process = replace(made, services=replace(made.services, hints=hints))
    wait_until_fit(process)
    site.partners.receivers.behave(RECEIVER, status=503)
    stream = feed.stream_at(site.redis.url).only
    stream.make()
    stream.publish(traced_event())
    ids = stream.read("reader", 10, 1)
    run_events(ids, process, process.slots.taken(ORDERS))
    worked(process, hints)
    site.partners.receivers.behave(RECEIVER, status=400)
    again = Hint(f"ingram/{RECEIVER}", 0, ())
    claims = until("it is due", lambda: process.services.ledger.claim(again, 1))
    hints.send([replace(again, claims=claims)])
    worked(process, hints)
    process.traces.close()
    return process


def drawn(spans: Sequence[Any], parent: int, depth: int = 0) -> Iterator[str]:
    """The spans below one, each with how it ended, in the order of their names."""
    below = [one for one in spans if one.parent.span_id == parent]
    for one in sorted(below, key=lambda one: (one.name, one.end_time)):
        told = one.attributes
        parts = [told.get("waybill.outcome") or told["waybill.verdict"]]
        if "error.type" in told:
            parts.append(f"error {told['error.type']}")
        if "http.request.resend_count" in told:
            parts.append(f"resent {told['http.request.resend_count']}")
        ids = {other.context.span_id for other in spans}
        if any(link.context.span_id in ids for link in one.links):
            parts.append("after the one before")
        parts += [event.name for event in one.events]
        kind = one.kind.name.lower()
        yield f"{'  ' * depth}{one.name} [{kind}] {', '.join(parts)}\n"
        yield from drawn(spans, one.context.span_id, depth + 1)


@pytest.mark.processes
def test_an_order_is_one_tree_in_the_trace_of_its_event(
    tmp_path: Path, spans: Any
) -> None:
    with running_site(tmp_path) as site:
        endpoints = json.loads(site.settings["WAYBILL_INGRAM__ENDPOINTS"])
        endpoints[RECEIVER]["traceparent"] = True
        played(
            site,
            WAYBILL_TRACES="true",
            WAYBILL_INGRAM__ENDPOINTS=json.dumps(endpoints),
        )
        calls = site.partners.receivers.deliveries(RECEIVER)

    found = spans.get_finished_spans()
    assert "".join(drawn(found, int(ERP, 16))) == TREE
    assert {one.context.trace_id for one in found} == {int(TRACE_ID, 16)}
    [received] = [one for one in found if one.name.startswith("receive")]
    assert received.attributes["messaging.system"] == "redis"
    assert received.attributes["messaging.operation.type"] == "process"
    notified = [one for one in found if one.name.startswith("notify")]
    statuses = [one.attributes["http.response.status_code"] for one in notified]
    assert statuses == [503, 400]
    # The receiver's own spans hang on the attempts that called it.
    sent = [parse(one.headers["traceparent"]) for one in calls]
    assert [int(one.span_id, 16) for one in sent if one] == [
        one.context.span_id for one in notified
    ]


@pytest.mark.processes
def test_without_the_setting_there_are_no_spans_and_no_header(
    tmp_path: Path, spans: Any
) -> None:
    with running_site(tmp_path) as site:
        process = played(site)
        calls = site.partners.receivers.deliveries(RECEIVER)

    assert spans.get_finished_spans() == ()
    assert len(calls) == 2
    assert [one for one in calls if "traceparent" in one.headers] == []
    # What comes next is a child of what the ERP has begun.
    assert process.services.span_of(TRACEPARENT, "anything") == TRACEPARENT


def test_a_span_has_one_id_wherever_it_is_worked_out() -> None:
    first = child(TRACEPARENT, "delivery:N1", 3)

    assert child(TRACEPARENT, "delivery:N1", 3) == first
    assert child(TRACEPARENT, "delivery:N1", 4) != first
    assert child("", "delivery:N1", 3) == ""
    parent = parse(first)
    assert parent is not None
    assert (parent.trace_id, parent.is_sampled) == (TRACE_ID, True)
    assert parse(f"00-{'0' * 32}-{ERP}-01") is None
    unsampled = parse(child(f"00-{TRACE_ID}-{ERP}-00", "x"))
    assert unsampled is not None
    assert not unsampled.is_sampled


def test_without_the_extra_who_asks_for_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "workers.telemetry.traces.otel_exporter", None)

    assert exporter_of(wanted=False) is None
    with pytest.raises(SystemExit, match=r"install waybill\[otel\]"):
        exporter_of(wanted=True)
