"""The example receiver of the documentation, as a module and as a process."""

import importlib.util
import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import requests

from waybill.demo.processes import free_port

PATH = Path(__file__).parents[2] / "docs" / "examples" / "receiver.py"
SECRET = "acme-secret"
#: Becomes the command that follows, with SIGINT as the test wants it and not as the
#: test's own shell had it.
_STARTED = """
import os, signal, sys
count = int(sys.argv[1])
signal.signal(signal.SIGINT, signal.SIG_DFL)
for number in sys.argv[2 : 2 + count]:
    signal.signal(int(number), signal.SIG_IGN)
os.execv(sys.argv[2 + count], sys.argv[2 + count :])
"""


def module() -> Any:
    """Load it anew."""
    spec = importlib.util.spec_from_file_location("example_receiver", PATH)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@contextmanager
def served(
    inbox: Path, work: Callable[[Mapping[str, Any]], None], **how: Any
) -> Iterator[str]:
    """Serve it in threads of this process; gives its URL."""
    example = module()
    example.work = work
    receiver = example.Receiver(0, [SECRET], example.Inbox(inbox), **how)
    stop = threading.Event()
    serving = threading.Thread(target=receiver.serve_forever, args=(0.05,))
    working = threading.Thread(
        target=example.keep_working, args=(receiver, stop), kwargs={"rest": 0.05}
    )
    serving.start()
    working.start()
    try:
        yield f"http://127.0.0.1:{receiver.server_port}/hooks"
    finally:
        stop.set()
        receiver.shutdown()
        for thread in (serving, working):
            thread.join()
        receiver.server_close()
        receiver.inbox.close()


@contextmanager
def running(
    inbox: Path, secrets: Path, ignored: Sequence[signal.Signals] = ()
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run it as its users do; gives the process and its URL.

    Args:
        inbox: the file of its inbox.
        secrets: the file of its secrets.
        ignored: signals that it is started with ignored, as a shell in the background
            ignores SIGINT for its children; all others are as in a foreground.
    """
    port = free_port()
    given = ("--secrets", secrets, "--inbox", inbox, "--port", str(port))
    command = [sys.executable, "-c", _STARTED, str(len(ignored))]
    command += [str(int(number)) for number in ignored]
    with subprocess.Popen(
        [*command, sys.executable, PATH, *given], stderr=subprocess.DEVNULL
    ) as process:
        try:
            url = f"http://127.0.0.1:{port}/hooks"
            until(lambda: answers(url))
            yield process, url
        finally:
            process.kill()


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).status_code == 501
    except requests.ConnectionError:
        return False


def until(true: Callable[[], bool]) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.01)


def kept(inbox: Path) -> list[tuple[str, int]]:
    """Every event in the inbox, and whether it was worked on."""
    with closing(sqlite3.connect(inbox)) as database:
        return database.execute("SELECT id, done FROM event ORDER BY seq").fetchall()


def body(event_id: str) -> bytes:
    return json.dumps({"topic": "resellers/orders", "eventId": event_id}).encode()
