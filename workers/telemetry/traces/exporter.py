"""Choice of where spans go; OpenTelemetry is imported only where somebody wants it."""

from workers.telemetry.traces.spans import Exporter


def exporter_of(*, wanted: bool) -> Exporter | None:
    """The exporter of this process, None where nobody wants one.

    Raises:
        SystemExit: the extra `otel` is not installed.
    """
    if not wanted:
        return None
    try:
        from workers.telemetry.traces.otel_exporter import (  # noqa: PLC0415 (an extra)
            over_http,
        )
    except ModuleNotFoundError as error:
        what = "waybill: WAYBILL_TRACES needs more: install waybill[otel]"
        raise SystemExit(what) from error
    return over_http()


def unchanged(traceparent: str, *_names: object) -> str:
    """The parent of what comes next, where no spans are made: it is the ERP's child."""
    return traceparent
