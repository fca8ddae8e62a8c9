"""The rivals: what each runs, on which store, and what it promises."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from benchmarks.contenders import CONTENDERS, Command, Contender, Maker
from benchmarks.processes import ROOT

#: Environments and packages of the rivals; git knows nothing of it.
PLACE = ROOT / ".rivals"
NODE = PLACE / "node"


class Store(Enum):
    """What a rival keeps its work in."""

    REDIS = "Redis"
    POSTGRESQL = "PostgreSQL"
    RESTATE = "Restate"


@dataclass(frozen=True, slots=True)
class Rival:
    """One way to tell the story.

    Attributes:
        name: as in the tables.
        needs: folders under `benchmarks/rivals` whose locked packages it needs.
        versions: the packages that make it, as named where they are locked.
        promise: what its documentation promises of a job, and under which condition.
        store: what is started for it, and killed once.
        make: from the URLs of the store and of the partners to its processes.
        publisher: speaks the line protocol of `benchmarks.rivals.lines`.
        prepare: run once the store answers.
        register: run once the workers are started.
        repair_seconds: after these the work of a dead worker is somebody else's.
    """

    name: str
    needs: tuple[str, ...]
    versions: tuple[str, ...]
    promise: str
    store: Store
    make: Maker
    publisher: Command
    prepare: Command | None = None
    register: Command | None = None
    repair_seconds: float = 0.0


def _python(place: str, module: str, *arguments: str) -> Command:
    python = str(PLACE / place / "bin" / "python")
    return (python, "-m", f"benchmarks.rivals.{place}.{module}", *arguments)


def _node(file: str) -> Command:
    return ("node", str(NODE / file))


def _twice(command: Command) -> Maker:
    """Two processes of the same, with the settings of the textbook pipeline."""
    textbook = CONTENDERS["textbook threads 64x2"]

    def make(store_url: str, partners_url: str) -> Contender:
        settings = textbook(store_url, partners_url).environment
        return Contender((command, command), (), settings)

    return make


_STREAM = (sys.executable, "-m", "benchmarks.rivals.stream_publisher")
_CELERY = "at least once (acks_late), after the visibility timeout"

RIVALS: tuple[Rival, ...] = (
    Rival(
        name="waybill",
        needs=(),
        versions=("waybill", "celery"),
        promise="at least once from the stream's answer on, one id per notification",
        store=Store.REDIS,
        make=CONTENDERS["waybill"],
        publisher=_STREAM,
        repair_seconds=60,
    ),
    *(
        Rival(
            name=name,
            needs=(),
            versions=("celery",),
            promise=_CELERY,
            store=Store.REDIS,
            make=CONTENDERS[name],
            publisher=_STREAM,
            repair_seconds=300,
        )
        for name in CONTENDERS
        if name.startswith("textbook")
    ),
    Rival(
        name="BullMQ",
        needs=("node",),
        versions=("bullmq", "ioredis"),
        promise="at least once, up to maxStalledCount",
        store=Store.REDIS,
        make=_twice(_node("worker.mjs")),
        publisher=_node("publisher.mjs"),
        repair_seconds=60,
    ),
    Rival(
        name="Restate",
        needs=("restate", "node"),
        versions=("restate-sdk", "@restatedev/restate-server"),
        promise="exactly once for a handler, at least once for a step's call",
        store=Store.RESTATE,
        make=_twice(_python("restate", "service")),
        publisher=_python("restate", "publisher"),
        register=_python("restate", "register"),
    ),
    Rival(
        name="Procrastinate",
        needs=("procrastinate",),
        versions=("procrastinate", "psycopg"),
        promise="at least once, by a periodic task that retries stalled jobs",
        store=Store.POSTGRESQL,
        make=_twice(_python("procrastinate", "__main__")),
        publisher=_python("procrastinate", "publisher"),
        prepare=_python("procrastinate", "__main__", "prepare"),
        repair_seconds=60,
    ),
    Rival(
        name="streaQ",
        needs=("streaq",),
        versions=("streaq", "coredis"),
        promise="at least once, up to max_tries",
        store=Store.REDIS,
        make=_twice(_python("streaq", "tasks")),
        publisher=_python("streaq", "publisher"),
        repair_seconds=120,
    ),
)


def named(parts: Sequence[str]) -> tuple[Rival, ...]:
    """The rivals whose name has one of the parts, in any case; all of them without."""
    wanted = [part.lower() for part in parts]
    return tuple(
        rival
        for rival in RIVALS
        if not wanted or any(part in rival.name.lower() for part in wanted)
    )
