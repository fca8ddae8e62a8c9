"""List of shapes in Redis: written by workers, read and forgotten by people."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import redis

from serializers.drift.sample import MAX_BYTES
from serializers.drift.shape import Kind, Shape
from workers.ledger import keys
from workers.ledger.audit.actor import Actor, Deed, run_beside
from workers.ledger.drift.notebook import Entry, Notebook
from workers.ledger.scripts import Argument, Call, Scripts
from workers.redis.answers import number, text

#: Shapes in the list, and those of one partner and kind.
MOST: Final = 200
MOST_ALIKE: Final = 40
#: Samples of one shape, and bytes of all samples together.
MOST_SAMPLES: Final = 20
MOST_BYTES: Final = 256 * MAX_BYTES

#: Ms after which nobody reports any more what was met before it was forgotten.
REMEMBERED: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A shape in the list.

    Attributes:
        shape: what is new.
        count: how often it was met, at least.
        first_ms: UTC ms at which it was listed.
        last_ms: UTC ms at which it was met last.
        place: the destination where that was.
    """

    shape: Shape
    count: int = 0
    first_ms: int = 0
    last_ms: int = 0
    place: str = ""


@dataclass(frozen=True, slots=True)
class DriftCounts:
    """How much there is in the list.

    Attributes:
        shapes: how many, by partner and kind; those of which there are none too.
        found: how many were ever listed, by partner.
        unlisted: how often a shape was met for which the list had no room.
        newest_ms: UTC ms at which one was listed last, 0 for never.
    """

    shapes: Mapping[tuple[str, Kind], int] = field(default_factory=dict)
    found: Mapping[str, int] = field(default_factory=dict)
    unlisted: int = 0
    newest_ms: int = 0

    @property
    def total(self) -> int:
        return sum(self.shapes.values())


class DriftList:
    """The list; every method raises redis.RedisError.

    Args:
        client: RESP2, bytes.
        scripts: on that client; the tests pass some on a clock of their own.
        monotonic: as the notebook's.
    """

    def __init__(
        self,
        client: "redis.Redis",
        scripts: Scripts | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._scripts = scripts or Scripts(client)
        self._monotonic = monotonic

    def write(self, notebook: Notebook) -> None:
        """Write what a process has met; it keeps what Redis does not take."""
        entries, unlisted = notebook.take()
        if not (entries or unlisted):
            return
        bounds = (MOST, MOST_ALIKE, MOST_SAMPLES, MOST_BYTES, unlisted)
        now = self._monotonic()
        arguments = [one for entry in entries for one in _arguments(entry, now)]
        call = Call("drift_note", keys.DRIFT, (*bounds, *arguments))
        try:
            answers = self._scripts.run(call)
        except redis.RedisError:
            notebook.put_back(entries, unlisted)
            raise
        wanted = zip(entries, answers, strict=True)
        notebook.sampled({entry.shape: bool(more) for entry, more in wanted})

    def counts(self, partners: Sequence[str]) -> DriftCounts:
        """How much there is of these partners."""
        pairs = [(partner, kind) for partner in partners for kind in Kind]
        fields = [f"alike:{partner} {kind}" for partner, kind in pairs]
        fields += [f"found:{partner}" for partner in partners]
        answers: Any = self._client.hmget(keys.DRIFT, [*fields, "unlisted", "newest"])
        *counted, unlisted, newest = map(number, answers)
        return DriftCounts(
            shapes=dict(zip(pairs, counted, strict=False)),
            found=dict(zip(partners, counted[len(pairs) :], strict=True)),
            unlisted=unlisted,
            newest_ms=newest,
        )

    def all(self) -> tuple[Listed, ...]:
        """Every shape without its samples, the one that was listed last first."""
        names = map(text, cast("list[bytes]", self._client.hkeys(keys.DRIFT)))
        shown = [name for name in names if not name.startswith("sample:")]
        answers: Any = self._client.hmget(keys.DRIFT, shown) if shown else []
        kept = dict(zip(shown, answers, strict=True))
        found = [name.removeprefix("shape:") for name in kept if name[:6] == "shape:"]
        listed = [one for id_ in found if (one := _listed(id_, kept)) is not None]
        return tuple(sorted(listed, key=lambda one: (-one.first_ms, one.shape)))

    def samples(self, id_: str) -> tuple[str, ...]:
        """The samples of one shape, the first first."""
        fields = [f"sample:{id_}:{n + 1}" for n in range(MOST_SAMPLES)]
        answers: Any = self._client.hmget(keys.DRIFT, fields)
        return tuple(text(one) for one in answers if one is not None)

    def forget(self, one: Shape, by: Actor | None = None) -> bool:
        """Forget a shape; whether it was listed."""
        return bool(self._forget(one.id, _alike(one), by))

    def forget_all(self, by: Actor | None = None) -> int:
        """Forget every shape; how many there were."""
        return self._forget("", "", by)

    def _forget(self, id_: str, alike: str, by: Actor | None) -> int:
        arguments = (keys.DRIFT, id_, alike, REMEMBERED)
        call = Call("drift_forget", keys.DRIFT, arguments)
        deed = Deed("drift.forgotten", id_ or "all", "!0", before="listed")
        return int(run_beside(self._scripts, call, by, deed))


def _alike(shape: Shape) -> str:
    return f"{shape.partner} {shape.kind}"


def _arguments(entry: Entry, now: float) -> tuple[Argument, ...]:
    shape, age_ms = entry.shape, max(0, int((now - entry.at) * 1000))
    return (
        shape.id,
        shape.partner,
        _alike(shape),
        json.dumps(shape),
        entry.place,
        entry.count,
        age_ms,
        entry.sample,
    )


def _listed(id_: str, kept: Mapping[str, bytes | None]) -> Listed | None:
    """A shape by its id; None where it was forgotten meanwhile."""
    what = kept[f"shape:{id_}"]
    if what is None:
        return None
    partner, interface, kind, path, form = json.loads(what)
    # A kind that only a newer release has is shown as it is.
    known = Kind(kind) if kind in set(Kind) else kind

    def counted(name: str) -> int:
        return number(kept.get(f"{name}:{id_}"))

    return Listed(
        shape=Shape(partner, interface, known, path, form),
        count=counted("count"),
        first_ms=counted("first"),
        last_ms=counted("last"),
        place=text(kept.get(f"place:{id_}")),
    )
