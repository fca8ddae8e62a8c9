"""The product's app, which writes down the modules that each of its threads enters."""

import os
import threading
from pathlib import Path
from types import FrameType

from tests.processes.child import ROOT
from tests.processes.walk_trace import FAILED, TRACE
from workers.celery_app.app import make_app

PACKAGES = ("workers/", "tasks/", "serializers/")

#: What comes of this depends on what else there is to do.
APART = "workers/steps/back_pressure.py"

#: Where a partner's refusal becomes an exception.
REFUSALS = "workers/http/status.py"

_RUNS, _CALLS = "workers/celery_app/runs.py", {"poll", "notify", "link"}
_here = threading.local()
_seen: set[tuple[str, str]] = set()


def _entered(frame: FrameType, event: str, _: object) -> None:
    module = _module(frame)
    if event != "call" or not module.startswith(PACKAGES):
        return
    _here.walk = walk = _walk(frame, module)
    if (walk, module) not in _seen and not _is_apart(frame):
        _seen.add((walk, module))
        _write(f"{walk}: {module}")


def _write(line: str) -> None:
    with Path(os.environ[TRACE]).open("a") as file:
        file.write(f"{line}\n")


def _module(frame: FrameType) -> str:
    return frame.f_code.co_filename.removeprefix(f"{ROOT}/")


def _walk(frame: FrameType, module: str) -> str:
    """Whose walk this is: what the task's arguments name, else that of the caller."""
    name, given = frame.f_code.co_name, frame.f_locals
    if module == _RUNS and name == "run_events":
        return "orders.receive"
    if module == _RUNS and name == "run_hint":
        return _anew(str(given["hint"].destination))
    if name in _CALLS and module.startswith("tasks/") and "services" in given:
        return str(given["hint"].destination)
    walk = str(getattr(_here, "walk", threading.current_thread().name))
    if module == REFUSALS and not walk.endswith(FAILED):
        return _anew(walk + FAILED)
    return walk


def _anew(walk: str) -> str:
    _seen.difference_update([one for one in _seen if one[0] == walk])
    _write(f"{walk}:")
    return walk


def _is_apart(frame: FrameType | None) -> bool:
    while frame is not None and _module(frame) != APART:
        frame = frame.f_back
    return frame is not None


threading.setprofile(_entered)

app = make_app(os.environ)
