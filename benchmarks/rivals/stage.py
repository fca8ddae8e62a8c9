"""One rival at work: its store, the partners' stand-ins, its processes, a publisher."""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import feed, standins
from benchmarks.contenders import Command
from benchmarks.processes import ROOT, Child, inherited
from benchmarks.rivals.publisher import Publisher
from benchmarks.rivals.roster import Rival
from benchmarks.rivals.stores import StoreServer, recipe
from benchmarks.standins import StandIns

#: Events before the measured ones: they load code, open connections, fetch tokens.
WARM_UP = 100
#: Seconds between two looks at the stand-ins' counters.
LOOK = 0.05
#: Seconds that the warm-up, and what prepares it, may take.
PATIENCE = 90.0


class Fleet:
    """The rival's processes, each of which can be ended and comes again.

    Attributes:
        revived: how many had ended that nobody here had killed.
    """

    def __init__(
        self,
        workers: Sequence[Command],
        feeders: Sequence[Command],
        folder: Path,
        environment: Mapping[str, str],
    ) -> None:
        self._commands = (*workers, *feeders)
        self._n_workers = len(workers)
        self._folder = folder
        self._environment = environment
        self._starts = 0
        self.revived = 0
        self._children: list[Child] = []
        for place in range(len(self._commands)):
            self._children.append(self._started(place))

    @property
    def pids(self) -> tuple[int, ...]:
        return tuple(child.pid for child in self._children)

    @property
    def running(self) -> bool:
        return all(child.running for child in self._children)

    def kill(self, turn: int) -> None:
        """Kill a worker, each in its turn, and start it again."""
        place = turn % self._n_workers
        self._children[place].kill()
        self._children[place] = self._started(place)

    def revive(self) -> None:
        """Start again what has ended, as whatever runs containers would."""
        for place, child in enumerate(self._children):
            if not child.running:
                child.stop()
                self._children[place] = self._started(place)
                self.revived += 1

    def stop(self) -> None:
        for child in self._children:
            child.stop()

    def logs(self) -> str:
        return "\n".join(child.log_end() for child in self._children)

    def _started(self, place: int) -> Child:
        self._starts += 1
        log = self._folder / f"process-{self._starts}.log"
        return Child(self._commands[place], log, self._environment)


@dataclass(frozen=True, slots=True)
class Stage:
    """What a measurement needs of a rival at work."""

    store: StoreServer
    standins: StandIns
    fleet: Fleet
    publisher: Publisher

    def served(
        self,
        orders: Sequence[str],
        seconds: float,
        meanwhile: Callable[[], None],
        look: float = LOOK,
    ) -> bool:
        """Wait until every order is linked and notified; False when time is up."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            if self.standins.served(orders):
                return True
            meanwhile()
            time.sleep(look)
        return False

    def check_running(self) -> None:
        """Find that nothing has ended.

        Raises:
            RuntimeError: a process of the rival has, or its publisher.
        """
        self.publisher.check_running()
        if not self.fleet.running:
            raise RuntimeError(f"a process ended; the logs:\n{self.fleet.logs()}")


@contextmanager
def stage(rival: Rival, delay: float) -> Iterator[Stage]:
    """Start everything and warm it up; ends it all and removes its files.

    Args:
        rival: who; what it needs is installed.
        delay: seconds that each partner takes to answer.

    Raises:
        RuntimeError: something did not start, or the warm-up was not served.
        NotInstalled: its store is not.
    """
    with ExitStack() as things:
        folder = Path(things.enter_context(tempfile.TemporaryDirectory("-rivals")))
        store = StoreServer(recipe(rival.store, folder), folder)
        things.callback(store.stop)
        partners = things.enter_context(standins.serving(folder, delay))
        who = rival.make(store.url, partners.url)
        told = {"RIVAL_STORE_URL": store.url, **store.clients}
        environment = {**who.environment, **told}
        _run(rival.prepare, environment)
        fleet = Fleet(who.workers, who.feeders, folder, environment)
        things.callback(fleet.stop)
        _run(rival.register, environment)
        log = folder / "publisher.log"
        publisher = Publisher(rival.publisher, log, environment)
        things.callback(publisher.stop)
        ready = Stage(store, partners, fleet, publisher)
        _warm_up(ready)
        yield ready


def _run(command: Command | None, environment: Mapping[str, str]) -> None:
    if command is None:
        return
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**inherited(), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")


def _warm_up(ready: Stage) -> None:
    orders = feed.numbers(900_000, WARM_UP)
    ready.publisher.burst(orders)
    if not ready.served(orders, PATIENCE, ready.check_running):
        raise RuntimeError(f"the warm-up was not served:\n{ready.fleet.logs()}")
