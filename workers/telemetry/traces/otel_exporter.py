"""Exporter of spans through OpenTelemetry's SDK, which the extra `otel` installs.

Where they go, and with which headers, is in the SDK's own variables: `OTEL_EXPORTER_…`,
`OTEL_RESOURCE_ATTRIBUTES`, `OTEL_SERVICE_NAME`. Spans are sent by a thread of the SDK;
what it cannot send is lost, and holds up nobody.
"""

import threading
from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from workers.telemetry.traces.spans import Exporter, Span

_KINDS = {"consumer": SpanKind.CONSUMER, "client": SpanKind.CLIENT}


class _Given(RandomIdGenerator):
    """The id that the span which this thread is about to make has by what it is."""

    def __init__(self) -> None:
        self.next = threading.local()

    def generate_span_id(self) -> int:
        return int(self.next.id, 16)


class OtelExporter:
    """Hands spans to the SDK.

    Args:
        processor: what becomes of them.
    """

    def __init__(self, processor: SpanProcessor) -> None:
        self._ids = _Given()
        # A name from the SDK's variables comes before ours.
        resource = Resource({SERVICE_NAME: "waybill"}).merge(Resource.create())
        if resource.attributes[SERVICE_NAME] == "unknown_service":
            resource = resource.merge(Resource({SERVICE_NAME: "waybill"}))
        # Whether a trace is kept is the ERP's to decide, in its flags.
        self._provider = TracerProvider(
            resource=resource, id_generator=self._ids, sampler=ALWAYS_ON
        )
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("waybill", version("waybill"))

    def take(self, span: Span) -> None:
        """Make it one of the SDK's, with the ids that it has."""
        self._ids.next.id = span.own_id
        parent = set_span_in_context(NonRecordingSpan(_context(span, span.parent_id)))
        made = self._tracer.start_span(
            span.name,
            context=parent,
            kind=_KINDS[span.kind],
            attributes=span.attributes,
            links=[Link(_context(span, other)) for other in span.links],
            start_time=span.began_ns,
        )
        for name in span.events:
            made.add_event(name, timestamp=span.ended_ns)
        if span.error:
            made.set_status(Status(StatusCode.ERROR, span.error))
        made.end(span.ended_ns)

    def close(self) -> None:
        """Send what is kept."""
        self._provider.shutdown()


def _context(span: Span, span_id: str) -> SpanContext:
    return SpanContext(
        int(span.trace_id, 16),
        int(span_id, 16),
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )


def over_http() -> Exporter:
    """The exporter that sends over OTLP, in the background."""
    return OtelExporter(BatchSpanProcessor(OTLPSpanExporter()))
