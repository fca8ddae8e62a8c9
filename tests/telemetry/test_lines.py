"""One event is one line, whoever logged it and whatever it holds."""

import io
import json
import logging
import warnings
from typing import Any

import pytest
import structlog
from celery import Celery

from workers.telemetry import logs

HOSTILE = '1\n{"level":"info"}\r\u2028\u2029\x85\x1b[31m\x00'


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().split("\n") if line]


def test_an_event_is_one_object_with_its_fields(stream: io.StringIO) -> None:
    logs.configure("info", "json", stream)

    structlog.get_logger().info("delivery.done", order="SO-1", attempts=2)

    (line,) = lines(stream)
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "delivery.done",
        "level": "info",
        "order": "SO-1",
        "attempts": 2,
    }


@pytest.mark.parametrize("fmt", ["json", "text"])
def test_nothing_in_a_field_can_begin_a_line(
    stream: io.StringIO, fmt: logs.Format
) -> None:
    logs.configure("info", fmt, stream)

    structlog.get_logger().info("order.seen", order=HOSTILE)
    logging.getLogger("celery").warning("order %s", HOSTILE)

    written = stream.getvalue()
    assert len(written.splitlines()) == 2
    assert all(char.isprintable() for char in written.replace("\n", ""))


def test_a_traceback_in_text_is_indented_so_that_it_begins_no_line(
    stream: io.StringIO,
) -> None:
    logs.configure("info", "text", stream)

    structlog.get_logger().error("task.failed", exc_info=ValueError(HOSTILE))

    first, *trace = stream.getvalue().splitlines()
    assert first.endswith("error task.failed")
    assert trace
    assert all(line.startswith("    ") for line in trace)


def test_libraries_log_through_the_same_lines(stream: io.StringIO) -> None:
    logs.configure("info", "json", stream)

    logging.getLogger("kombu.connection").error("lost %s", "broker")

    (lost,) = lines(stream)
    assert (lost["event"], lost["level"]) == ("lost broker", "error")
    assert lost["logger"] == "kombu.connection"


def test_warnings_are_lines_too(stream: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logs.configure("info", "json", stream)
        warnings.warn("old", stacklevel=1)
        # What was captured is let go before the filters come back.
        logging.captureWarnings(capture=False)

    (old,) = lines(stream)
    assert old["logger"] == "py.warnings"


def test_an_exception_of_a_library_stays_on_its_line(stream: io.StringIO) -> None:
    logs.configure("info", "json", stream)

    logging.getLogger("kombu").error("consumer", exc_info=ConnectionError("gone"))

    (line,) = lines(stream)
    assert line["event"] == "consumer"
    assert "ConnectionError: gone" in line["exception"]


def test_what_is_below_the_level_is_not_logged(stream: io.StringIO) -> None:
    logs.configure("warning", "json", stream)

    structlog.get_logger().info("quiet")
    logging.getLogger("kombu").info("quiet")
    structlog.get_logger().warning("loud")

    assert [line["event"] for line in lines(stream)] == ["loud"]


def test_celerys_lines_per_hint_and_urllib3s_urls_are_left_out(
    stream: io.StringIO,
) -> None:
    logs.configure("debug", "json", stream)

    logging.getLogger("celery.worker.strategy").info("Task received")
    logging.getLogger("celery.app.trace").info("Task succeeded")
    logging.getLogger("urllib3.connectionpool").debug("GET /?secret")

    assert lines(stream) == []


def test_celery_does_not_set_up_logs_of_its_own(
    stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", stream)
    logs.on_setup_logging("info", "json")
    app = Celery("test", set_as_current=False)

    app.log.setup(loglevel=logging.DEBUG, redirect_stdouts=True)
    logging.getLogger("celery.worker").info("ready")
    logging.getLogger("celery.worker").debug("not at our level")

    assert [line["event"] for line in lines(stream)] == ["ready"]
    assert len(logging.getLogger().handlers) == 1
