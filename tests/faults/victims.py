"""Workers that are killed at a point, one after the other, and what each death cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.crash_points import FOLDER, CrashPoints
from tests.faults.figures import Figures
from tests.ledger import results_book
from tests.processes import feed
from tests.processes.accounts import accounted
from tests.processes.site import Site
from tests.processes.waiting import PATIENCE
from tests.processes.worker import Worker

#: Loaded instead of the product's app.
APP = "tests.faults.crashing_app"
#: Orders published for one crash.
ORDERS = 3


@dataclass(frozen=True, slots=True)
class Crash:
    """What one crash cost.

    Attributes:
        code: the worker's exit code.
        at: the points at which workers died; one.
        sending: deliveries whose attempt was under way when it died.
        untold: what the results tell otherwise than the ledger counts and keeps it.
    """

    code: int
    at: list[str]
    sending: int
    lost: int
    doubled: int
    ambiguous: int
    dead: int
    untold: tuple[str, ...] = ()


def crashing(site: Site, folder: Path) -> CrashPoints:
    """Have the workers of a site look for points in this folder."""
    site.settings = {**site.settings, FOLDER: str(folder)}
    return CrashPoints(folder)


class Victims:
    """One worker at a time, by default with one thread, so that every count is exact.

    Args:
        site: where they run.
        points: at which they die.
        threads: of each.
        orders: that are published for one crash.
    """

    def __init__(
        self, site: Site, points: CrashPoints, threads: int = 1, orders: int = ORDERS
    ) -> None:
        self._site = site
        self._points = points
        self._threads, self._each = threads, orders
        self._worker = self._next().started()
        self._orders: tuple[str, ...] = ()
        self._crashes: list[Crash] = []
        self._doubled = self._ambiguous = self._dead = 0

    def _next(self) -> Worker:
        return self._site.worker("victim", "-c", str(self._threads), app=APP)

    def crash(self, point: str) -> Crash:
        """Publish orders, have the worker die there, and its successor serve all."""
        try:
            return self._crashed(point)
        except BaseException as error:
            error.add_note(self._site.logs())
            raise

    def _crashed(self, point: str) -> Crash:
        fresh = feed.numbers(len(self._orders), self._each)
        died = len(self._points.deaths())
        self._points.arm(point)
        feed.publish(self._site.redis.url, fresh)
        code = self._worker.exit_code(PATIENCE)
        sending = len(self._site.ledger.sending("delivery:"))
        self._worker = self._next().started()
        self._orders += fresh
        at = self._points.deaths()[died:]
        crash = self._accounted(code, at, sending)
        self._crashes.append(crash)
        return crash

    def _accounted(self, code: int, at: list[str], sending: int) -> Crash:
        all_notified = accounted(self._site, self._orders)
        crash = Crash(
            code=code,
            at=at,
            sending=sending,
            lost=len(all_notified.lost),
            doubled=all_notified.doubled - self._doubled,
            ambiguous=all_notified.ambiguous - self._ambiguous,
            dead=all_notified.dead - self._dead,
            untold=tuple(self._untold()),
        )
        self._doubled = all_notified.doubled
        self._ambiguous, self._dead = all_notified.ambiguous, all_notified.dead
        return crash

    def _untold(self) -> Iterator[str]:
        """Changes without their result, and results without their change."""
        site = self._site
        ledger = results_book.Of(site.ledger.client, site.servers.partitions)
        yield from results_book.contradictions(ledger)
        yield from results_book.untold_lines(ledger)

    def figures(
        self,
        fault: str = "C6",
        what: str = "SIGKILL before and after each step of the walk",
    ) -> Figures:
        """All crashes as one row."""
        return Figures(
            fault,
            what,
            events=len(self._orders),
            kills=len(self._crashes),
            in_calls=sum(crash.sending > 0 for crash in self._crashes),
            lost=sum(crash.lost for crash in self._crashes),
            doubled=self._doubled,
            ambiguous=self._ambiguous,
        )
