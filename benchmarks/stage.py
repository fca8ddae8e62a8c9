"""One contender at work: fresh Redis, fresh stand-ins, warm workers."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis

from benchmarks import feed, redis_server, standins
from benchmarks.contenders import CONTENDERS, Command, Contender, Maker
from benchmarks.processes import Child
from benchmarks.standins import StandIns

#: Events before the measured ones: they load code, open connections, fetch tokens.
WARM_UP = 100
#: Seconds between two looks at the stand-ins' counters.
LOOK = 0.05


@dataclass(frozen=True, slots=True)
class Stage:
    """What a measurement needs of a contender at work."""

    stream: redis.Redis
    standins: StandIns
    workers: tuple[Child, ...]
    feeders: tuple[Child, ...]

    def served(self, orders: Sequence[str], seconds: float) -> bool:
        """Wait until every order is linked and notified; False when time is up.

        Raises:
            RuntimeError: a process of the contender ended.
        """
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if self.standins.served(orders):
                return True
            self._check_running()
            time.sleep(LOOK)
        return False

    def worker_cpu_seconds(self) -> float:
        return sum(child.cpu_seconds() for child in self.workers)

    def feeder_cpu_seconds(self) -> float:
        return sum(child.cpu_seconds() for child in self.feeders)

    def logs(self) -> str:
        return "\n".join(child.log_end() for child in (*self.feeders, *self.workers))

    def _check_running(self) -> None:
        for child in (*self.workers, *self.feeders):
            if not child.running:
                raise RuntimeError(f"a process ended; its log:\n{child.log_end()}")


@contextmanager
def stage(
    contender: str,
    delay: float,
    makers: Mapping[str, Maker] = CONTENDERS,
    write: Callable[[str], bytes] = feed.placed,
) -> Iterator[Stage]:
    """Start everything and warm it up; ends it all and removes its files.

    Args:
        contender: a name of `makers`.
        delay: seconds that each partner takes to answer.
        makers: from the URLs of Redis and of the partners, by name.
        write: the events that warm it up.

    Raises:
        RuntimeError: something did not start, or the warm-up was not served.
    """
    with ExitStack() as things:
        folder = Path(things.enter_context(tempfile.TemporaryDirectory("-waybill")))
        redis_url = things.enter_context(redis_server.serving(folder))
        partners = things.enter_context(standins.serving(folder, delay))
        who = makers[contender](redis_url, partners.url)
        workers = _started(things, "worker", who.workers, who, folder)
        feeders = _started(things, "feeder", who.feeders, who, folder)
        stream = things.enter_context(redis.Redis.from_url(redis_url))
        ready = Stage(stream, partners, workers, feeders)
        _warm_up(ready, write)
        yield ready


def _started(
    things: ExitStack,
    role: str,
    commands: Sequence[Command],
    who: Contender,
    folder: Path,
) -> tuple[Child, ...]:
    children = []
    for place, command in enumerate(commands):
        child = Child(command, folder / f"{role}-{place}.log", who.environment)
        things.callback(child.stop)
        children.append(child)
    return tuple(children)


def _warm_up(ready: Stage, write: Callable[[str], bytes]) -> None:
    orders = feed.numbers(900_000, WARM_UP)
    feed.burst(ready.stream, orders, write)
    if not ready.served(orders, seconds=90.0):
        raise RuntimeError(f"the warm-up was not served:\n{ready.logs()}")
