"""The log file of `-f` takes lines, and is made anew where it was moved away."""

import logging
from pathlib import Path

import pytest
from celery import Celery
from celery.app.log import Logging

from workers.telemetry import logs
from workers.telemetry.log_file import LogFile


@pytest.fixture(autouse=True)
def celery_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Celery sets up its logs once in a process."""
    monkeypatch.setattr(Logging, "_setup", False)


def test_a_file_that_was_moved_away_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "worker.log"
    file = LogFile(str(path))
    file.write("one\n")
    file.flush()

    path.rename(tmp_path / "worker.log.1")
    file.write("two\n")
    file.close()

    assert (tmp_path / "worker.log.1").read_text() == "one\n"
    assert path.read_text() == "two\n"


@pytest.mark.usefixtures("stream")
def test_a_log_file_gets_our_lines_and_celerys(tmp_path: Path) -> None:
    path, told = tmp_path / "worker.log", list[str]()
    logs.on_setup_logging("info", "json", told.append)

    Celery("test", set_as_current=False).log.setup(logfile=str(path))
    logging.getLogger("celery.worker").info("ready")

    [handler] = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.stream.close()
    assert '"event": "ready"' in path.read_text()
    assert told == [str(path)]


@pytest.mark.usefixtures("stream")
def test_a_log_file_that_cannot_be_written_ends_the_worker(tmp_path: Path) -> None:
    logs.on_setup_logging("info", "json")

    with pytest.raises(SystemExit, match=r"-f .* cannot be written: No such file"):
        Celery("test", set_as_current=False).log.setup(
            logfile=str(tmp_path / "no" / "worker.log")
        )
