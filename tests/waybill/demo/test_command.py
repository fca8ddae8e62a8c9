"""`waybill demo` as a user runs it: all is well, and nothing is left behind."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from tests.pages.conftest import Person, shown
from tests.processes.waiting import PATIENCE, until
from tests.redis_servers import RedisServer
from tests.waybill.demo.posting import post
from waybill.demo.command import Wishes, run

WAYBILL = Path(sys.executable).with_name("waybill")


def environment(folder: Path) -> dict[str, str]:
    """A caller's, with a setting that would break every worker that inherits it."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith("WAYBILL_")}
    return {**kept, "TMPDIR": str(folder), "WAYBILL_NO_SUCH_SETTING": "x"}


@contextmanager
def demo(folder: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the command; what it prints goes to `out` and `err` in the folder's side."""
    side = folder.with_name(f"{folder.name}-printed")
    side.mkdir()
    with (side / "out").open("wb") as out, (side / "err").open("wb") as err:
        process = subprocess.Popen(
            [WAYBILL, "demo", *options],
            env=environment(folder),
            stdout=out,
            stderr=err,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(PATIENCE)


def printed(folder: Path, name: str) -> str:
    return folder.with_name(f"{folder.name}-printed").joinpath(name).read_text()


def running_in(folder: Path) -> list[str]:
    """The processes whose working directory is in the folder, or was."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            place = str((process / "cwd").readlink())
        except OSError:
            continue
        if place.startswith(str(folder)):
            found.append(process.name)
    return found


def signed_in(remarks: str) -> str:
    """The first page of the console, by the sign-in that the demo prints."""
    where = r"Console +(http\S+/)\n +user (\w+), password (\S+)"
    found = re.search(where, remarks)
    assert found, remarks
    person = Person(found[1].rstrip("/")).sign_in(found[2], found[3])
    with person.session:
        return person.get("/").text


def worker(folder: Path, name: str) -> int:
    """The process that was started under this name."""
    (found,) = (
        pid
        for pid in running_in(folder)
        if name.encode() in Path("/proc", pid, "cmdline").read_bytes()
    )
    return int(found)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the demo keeps its files while it runs."""
    made = tmp_path / "temporary"
    made.mkdir()
    return made


@pytest.mark.processes
def test_the_whole_demo_ends_well_and_leaves_nothing_behind(folder: Path) -> None:
    with demo(folder, "--json", "--keep") as process:
        until("all is shown", lambda: "Ctrl-C ends it all" in printed(folder, "err"))
        page = signed_in(printed(folder, "err"))
        process.send_signal(signal.SIGINT)
        code = process.wait(PATIENCE)

    assert "dead letters that wait for a decision: 1" in shown(page)
    assert "docs/sandbox.md" in printed(folder, "err")

    assert code == 0, printed(folder, "err")
    notified = json.loads(printed(folder, "out"))
    assert notified["ok"]
    assert notified["deviations"] == []
    assert notified["events"]["published"] == 30
    assert notified["polls"]["calls"] > 0
    assert sum(notified["links"].values()) >= 25
    assert notified["delivered"] == notified["verified"] > 0
    assert sum(one["transitions"] for one in notified["endpoints"].values()) == 99
    # Two refusals of the one that stumbles; three tries again and the replay.
    assert notified["retries"] >= 6
    ends = {one["kind"]: one["became"] for one in notified["dead_letters"]}
    assert ends == {
        "event": "kept, with its bytes and the reason",
        "notification": "replayed and delivered",
    }
    assert notified["timeline"]
    assert list(folder.iterdir()) == []
    assert running_in(folder) == []


@pytest.mark.processes
@pytest.mark.long
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_leaves_nothing_behind(
    folder: Path, sign: signal.Signals
) -> None:
    with demo(folder, "--plain") as process:
        until("it begins", lambda: " events " in printed(folder, "out"))
        at_work = running_in(folder)
        process.send_signal(sign)
        code = process.wait(PATIENCE)

    assert len(at_work) >= 5
    assert code == 130, printed(folder, "err")
    assert "Interrupted" in printed(folder, "err")
    assert list(folder.iterdir()) == []
    assert running_in(folder) == []


@pytest.mark.processes
@pytest.mark.long
def test_a_forged_notification_makes_the_demo_fail_loudly(folder: Path) -> None:
    with demo(folder, "--json") as process:
        until("it begins", lambda: " events " in printed(folder, "err"))
        (log,) = folder.glob("*/stand-ins.log")
        url = log.read_text().partition(" listening on ")[2].split()[0]
        post(f"{url}/receivers/acme", b'{"eventId":"FORGED","resource":[]}')
        code = process.wait(PATIENCE)

    notified = json.loads(printed(folder, "out"))
    assert code == 1
    assert not notified["ok"]
    assert notified["deviations"] == [
        "wrongly signed: event FORGED at acme: x-hub-signature is missing"
    ]
    assert "NOT WELL" in printed(folder, "err")
    assert [path.parent.parent for path in folder.glob("*/worker-first.log")] == [
        folder
    ]
    assert running_in(folder) == []


@pytest.mark.processes
@pytest.mark.long
def test_a_worker_that_dies_ends_the_demo_and_its_log_is_kept(folder: Path) -> None:
    with demo(folder, "--plain") as process:
        until("it begins", lambda: " events " in printed(folder, "out"))
        os.kill(worker(folder, "first@"), signal.SIGKILL)
        code = process.wait(PATIENCE)

    assert code == 1
    assert "worker-first ended; its log:" in printed(folder, "err")
    assert "The logs are kept in" in printed(folder, "err")
    assert len(list(folder.glob("*/worker-first.log"))) == 1
    assert running_in(folder) == []


@pytest.mark.processes
def test_a_demo_interrupted_while_it_starts_leaves_nothing_behind(
    folder: Path,
) -> None:
    with demo(folder, "--plain") as process:
        until("a worker starts", lambda: any(folder.glob("*/worker-first.log")))
        process.send_signal(signal.SIGINT)
        code = process.wait(PATIENCE)

    assert code == 130, printed(folder, "err")
    assert list(folder.iterdir()) == []
    assert running_in(folder) == []


def test_a_redis_that_holds_something_is_left_alone(
    redis: redis.Redis,
    redis_server: RedisServer,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    redis.set("mine", "1")

    code = run({"WAYBILL_REDIS_URL": redis_server.url}, Wishes())

    assert code == 1
    assert "holds 1 keys; the demo wants an empty" in capsys.readouterr().err
    assert redis.get("mine") == b"1"


def test_a_named_redis_that_does_not_answer_is_stated_without_its_password(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(folder))

    code = run({"WAYBILL_REDIS_URL": "redis://:hush@127.0.0.1:1/0"}, Wishes())

    err = capsys.readouterr().err
    assert code == 1
    assert "the Redis of WAYBILL_REDIS_URL does not answer" in err
    assert "hush" not in err


@pytest.mark.parametrize(
    ("url", "output"),
    [
        ("Redis://127.0.0.1/0", "WAYBILL_REDIS_URL must begin in lower case"),
        ("redis://127.0.0.1/0?foo=1", "WAYBILL_REDIS_URL has an option 'foo'"),
        ("redis://:C4/N4RY@127.0.0.1/0", "percent-encode"),
    ],
)
def test_a_redis_url_that_cannot_be_read_is_reported_as_what_it_is(
    url: str,
    output: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(folder))

    code = run({"WAYBILL_REDIS_URL": url}, Wishes())

    err = capsys.readouterr().err
    assert code == 1
    assert output in err
    assert "N4RY" not in err
