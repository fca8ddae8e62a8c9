"""Logging is the process's own; each test gives it back as it was."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from celery.signals import setup_logging


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """A stream to log into."""
    root = logging.getLogger()
    before = list(root.handlers), root.level
    yield io.StringIO()
    root.handlers[:], level = before[0], before[1]
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    setup_logging.disconnect(dispatch_uid="waybill.logs")
