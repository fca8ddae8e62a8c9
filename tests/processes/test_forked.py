"""A process that is forked is as one that was started by itself."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import feed
from tests.processes.child import ROOT, Child, inherited
from tests.processes.forked import Forked, can_be_forked
from tests.processes.site import running_site
from tests.processes.waiting import until

#: Writes down where it finds itself.
LOOKS = """
import json, os, sys, threading
here = [sys.argv, os.getcwd(), os.getpgid(0) == os.getpid(), threading.active_count()]
here += [sys.stdin.read(), os.environ["ABC"], sorted(os.environ), __name__]
json.dump(here, sys.stdout)
print("to the log", file=sys.stderr, flush=True)
raise SystemExit(7)
"""

#: Is a worker, and prints what it has imported by its end.
IMPORTS = """
import sys
from celery.__main__ import main
read = set(sys.modules)
sys.argv[1:] = "-A workers worker -P threads -c 2 -n only@%h".split()
try:
    main()
finally:
    print("imported", *sorted(set(sys.modules) - read))
"""
#: Both are run when they are imported: by the variables of the process that does it.
OWN = {"workers.celery", "workers.celery_app.plugin"}
COMMAND = (sys.executable, "-c", LOOKS, "--one", "two")


def environment() -> dict[str, str]:
    return {**inherited(), "ABC": "of its own"}


def test_it_finds_itself_where_a_process_of_its_own_would(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch()
    expected = subprocess.run(
        COMMAND,
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=True,
        check=False,
    )

    forked = Forked(COMMAND, ROOT, environment(), log)

    assert forked.wait(60.0) == expected.returncode == 7
    words = log.read_text()
    assert "to the log" in words
    stated, _ = json.JSONDecoder().raw_decode(words.replace("to the log\n", ""))
    assert stated == json.loads(expected.stdout)


@pytest.mark.parametrize(
    ("program", "code"),
    [("pass", 0), ("1 / 0", 1), ("import sys; sys.exit('no')", 1)],
)
def test_it_ends_with_the_same_code(tmp_path: Path, program: str, code: int) -> None:
    child = Child((sys.executable, "-c", program), tmp_path / "log", {})

    assert child.exit_code() == code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_it_as_any_process(
    tmp_path: Path, number: signal.Signals
) -> None:
    program = "import time; print('up', flush=True); time.sleep(100)"
    child = Child((sys.executable, "-c", program), tmp_path / "log", {})
    until("it is up", lambda: "up" in child.output())

    with pytest.raises(subprocess.TimeoutExpired):
        child.exit_code(0.01)
    child.send(number)

    assert child.exit_code() == -number
    assert not child.running
    child.send(number)
    child.end()


@pytest.mark.parametrize(
    ("command", "more"),
    [
        (("redis-server", "-m"), {}),
        ((sys.executable, "program.py"), {}),
        ((sys.executable, "-m", "sandbox"), {"LD_PRELOAD": "other.so"}),
        ((sys.executable, "-m", "sandbox"), {"PYTHONHASHSEED": "7"}),
    ],
)
def test_what_begins_otherwise_is_not_forked(
    command: tuple[str, ...], more: dict[str, str]
) -> None:
    assert not can_be_forked(command, {**os.environ, **more})
    assert can_be_forked((sys.executable, "-m", "sandbox"), dict(os.environ)) or (
        "COVERAGE_RUN" in os.environ
    )


@pytest.mark.processes
@pytest.mark.skipif(
    "COVERAGE_RUN" in os.environ, reason="what is measured is never forked"
)
def test_a_worker_has_read_all_its_modules_before_it_is_forked(tmp_path: Path) -> None:
    """Each that it has not is read again by hundreds of processes."""
    with running_site(tmp_path) as site:
        worker = site.child(
            "worker", sys.executable, "-c", IMPORTS, **dict(site.settings)
        )
        until("it consumes", lambda: " ready." in worker.output())
        feed.publish(site.redis.url, feed.numbers(0, 1))
        until("all is done", lambda: site.ledger.count("done") and site.ledger.quiet)
        worker.send(signal.SIGTERM)
        worker.exit_code()

    imported = worker.output().partition("\nimported ")[2].split()
    ours = ("serializers", "tasks", "workers", "waybill", "sandbox")
    assert {one for one in imported if one.startswith(ours)} == OWN
