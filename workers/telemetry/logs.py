"""Structured logs: a constant event name with fields, one line each, secrets masked.

`structlog.get_logger()` is how the product logs; what Celery, kombu and urllib3
log through the standard library takes the same way to the same lines.
"""

import logging
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, Literal, TextIO, cast

import structlog
from celery.signals import setup_logging
from structlog.typing import Processor

from workers.telemetry.log_file import LogFile
from workers.telemetry.masking import masked_fields

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["json", "text"]

#: Libraries that log too much: Celery's two lines per hint double our closing
#: line, and urllib3's debug lines hold whole URLs.
_QUIETER = {
    "celery.worker.strategy": logging.WARNING,
    "celery.app.trace": logging.WARNING,
    "urllib3": logging.INFO,
}


def configure(
    level: Level, fmt: Format, stream: TextIO | LogFile | None = None
) -> None:
    """Send every log line of this process to one stream, standard error by default.

    Args:
        level: the least that is logged.
        fmt: json (one object per line) or text (for eyes; tracebacks indented).
        stream: where lines go.
    """
    out = sys.stderr if stream is None else stream
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *_processors(fmt)],
        # It asks for no more than a LogFile has.
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", out)),
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        cache_logger_on_first_use=False,
    )
    _take_over(threshold, _formatter(fmt), out)


def _take_over(
    threshold: int, formatter: logging.Formatter, out: TextIO | LogFile
) -> None:
    """Bring the standard library's records, and warnings, into the same stream."""
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(threshold)
    logging.captureWarnings(capture=True)
    for name, least in _QUIETER.items():
        logging.getLogger(name).setLevel(max(least, threshold))


def on_setup_logging(
    level: Level, fmt: Format, to_file: Callable[[str], None] = lambda _: None
) -> None:
    """Keep Celery from setting up logs of its own: ours are set up instead.

    Args:
        level: the least that is logged.
        fmt: json or text.
        to_file: called with the path of `-f`, where lines go then.
    """

    def receive(logfile: str | None = None, **_: object) -> None:
        if not logfile:
            configure(level, fmt)
            return
        configure(level, fmt, _opened(logfile))
        to_file(logfile)

    setup_logging.connect(receive, weak=False, dispatch_uid="waybill.logs")
    # What comes before that signal is to look alike.
    configure(level, fmt)


def _opened(path: str) -> LogFile:
    try:
        return LogFile(path)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise SystemExit(f"waybill: -f {path} cannot be written: {why}") from error


def _processors(fmt: Format) -> list[Processor]:
    """What makes a line of an event: ours and others' alike."""
    return [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
        _mask,
        structlog.processors.JSONRenderer() if fmt == "json" else _as_text,
    ]


def _formatter(fmt: Format) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *_processors(fmt),
        ],
    )


def _mask(
    _logger: Any, _method: str, fields: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return masked_fields(fields)


def _as_text(_logger: Any, _method: str, fields: MutableMapping[str, Any]) -> str:
    """Write `time level event key=value …`; nothing in it can begin a line."""
    trace = str(fields.pop("exception", ""))
    head = " ".join(str(fields.pop(key, "-")) for key in ("at", "level", "event"))
    rest = "".join(f" {key}={value!r}" for key, value in fields.items())
    lines = (_printable(line) for line in trace.splitlines())
    return _printable(head + rest) + "".join(f"\n    {line}" for line in lines)


def _printable(text: str) -> str:
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in text
    )
