"""Spans of what became of events and attempts, for OpenTelemetry.

A span is made when what it is about has ended, so that nothing of the product knows of
tracing but its ends: without `WAYBILL_TRACES` there are none, and nothing is imported.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from serializers.traceparent import parse, span_id
from tasks.execution.report import MadeAttempt
from tasks.outcomes.outcome import Done, GiveUp, Later, Outcome
from tasks.received import Traced

#: What an attempt's word for its answer holds of HTTP's.
_HTTP = re.compile(r"http[ _]([1-5][0-9]{2})")

#: By task, what a span is called, and the method of its calls.
_CALLS = {
    "westcon.poll": ("poll", "POST"),
    "deck.link": ("link", "POST"),
    "ingram.notify": ("notify", "POST"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A span that has ended.

    Attributes:
        kind: consumer or client.
        trace_id, own_id, parent_id: hexadecimal.
        began_ns, ended_ns: UTC, by this process's clock.
        error: what failed, "" where nothing did.
        links: ids of spans of the same trace.
        events: names of what happened at its end.
    """

    name: str
    kind: Literal["consumer", "client"]
    trace_id: str
    own_id: str
    parent_id: str
    began_ns: int
    ended_ns: int
    attributes: dict[str, str | int] = field(default_factory=dict)
    error: str = ""
    links: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


class Exporter(Protocol):
    """Takes spans, and never holds up who hands them over."""

    def take(self, span: Span) -> None:
        """Keep it until it is sent."""

    def close(self) -> None:
        """Send what is kept, for a few seconds at most."""


class Traces:
    """Makes spans of outcomes.

    Args:
        exporter: takes them; None for none.
        stream: the ERP's.
    """

    def __init__(self, exporter: Exporter | None, stream: str) -> None:
        self._exporter = exporter
        self._stream = stream

    def received(self, events: Sequence[Traced], began_ns: int) -> None:
        """A span of each event that has a trace; `began_ns` is of the hint."""
        if self._exporter is None:
            return
        ended = time.time_ns()
        for one in events:
            parent = parse(one.trace)
            if parent is None or not parent.is_sampled:
                continue
            own = span_id(parent.trace_id, f"event:{one.entry}")
            attributes: dict[str, str | int] = {
                "messaging.system": "redis",
                "messaging.destination.name": self._stream,
                "messaging.operation.name": "receive",
                "messaging.operation.type": "process",
                "messaging.message.id": one.entry,
                "waybill.order": one.order,
                "waybill.verdict": one.verdict,
            }
            self._exporter.take(
                Span(
                    f"receive {self._stream}",
                    "consumer",
                    parent.trace_id,
                    own,
                    parent.span_id,
                    began_ns,
                    ended,
                    attributes,
                )
            )

    def attempted(
        self, task: str, destination: str, ref: str, outcome: Outcome, made: MadeAttempt
    ) -> None:
        """A span of an attempt, if its item has a trace."""
        if self._exporter is None or made.of is None:
            return
        parent, fence = parse(made.of.trace), made.of.claim.fence
        if parent is None or not parent.is_sampled:
            return
        ended = time.time_ns()
        earlier = span_id(parent.trace_id, ref, fence - 1)
        self._exporter.take(
            Span(
                f"{_CALLS.get(task, (task,))[0]} {destination}",
                "client",
                parent.trace_id,
                span_id(parent.trace_id, ref, fence),
                parent.span_id,
                ended - made.ms * 1_000_000,
                ended,
                _attributes(task, destination, ref, outcome, made),
                "" if isinstance(outcome, Done | Later) else outcome.code,
                (earlier,) if made.attempts > 1 else (),
                ("dead letter",) if isinstance(outcome, GiveUp) else (),
            )
        )

    def close(self) -> None:
        """Send what is kept."""
        if self._exporter is not None:
            self._exporter.close()


def _attributes(
    task: str, destination: str, ref: str, outcome: Outcome, made: MadeAttempt
) -> dict[str, str | int]:
    code = "" if isinstance(outcome, Done) else outcome.code
    found: dict[str, str | int] = {
        "waybill.task": task,
        "waybill.destination": destination,
        "waybill.item": ref,
        "waybill.order": made.order,
        "waybill.attempt": made.attempts,
        "waybill.outcome": type(outcome).__name__.lower(),
    }
    if made.attempts > 1:
        found["http.request.resend_count"] = made.attempts - 1
    if task in _CALLS:
        found["http.request.method"] = _CALLS[task][1]
    if answered := _HTTP.search(made.result) or _HTTP.search(code):
        found["http.response.status_code"] = int(answered[1])
    if code:
        found["error.type"] = code
    return found
