"""Several workers under load, of which one is killed now and then."""

import time
from functools import partial

from tests.faults.victims import APP
from tests.processes.ledger_servers import fails_over
from tests.processes.site import Site
from tests.processes.waiting import until
from tests.processes.worker import Worker


class Fleet:
    """Workers that are replaced as soon as one is killed.

    Args:
        site: where they work; prepared by `victims.crashing`.
        size: how many there are.
        threads: of each.
    """

    def __init__(self, site: Site, size: int, threads: int) -> None:
        self._site = site
        self._threads = threads
        self._workers = [self._fresh().started() for _ in range(size)]
        #: For each kill the items in whose calls the worker was.
        self.in_calls: list[int] = []
        #: The monotonic moment of the last of them.
        self.last_kill = 0.0

    def _fresh(self) -> Worker:
        return self._site.worker("of-many", "-c", str(self._threads), app=APP)

    @property
    def busy_kills(self) -> int:
        """The kills that fell on a worker in the middle of a call."""
        return sum(calls > 0 for calls in self.in_calls)

    def kill_the_busiest(self) -> None:
        """Kill whoever is in most calls, and start another in its place."""
        worker = until("a worker is in calls", self._busiest_of_all)
        worker.kill()
        self.last_kill = time.monotonic()
        self.in_calls.append(self._calls_of(worker))
        place = self._workers.index(worker)
        self._workers[place] = self._fresh()

    def _busiest_of_all(self) -> Worker | None:
        """Any of them where all is done: a failover holds up the look at them."""
        is_done = fails_over() and self._site.ledger.quiet
        return self._workers[0] if is_done else self._busiest()

    def _busiest(self) -> Worker | None:
        ready = [worker for worker in self._workers if worker.running]
        assert len(ready) == len(self._workers), "a worker has ended by itself"
        most, worker = max(
            ((self._calls_of(one), one) for one in ready), key=lambda pair: pair[0]
        )
        return worker if most else None

    def _calls_of(self, worker: Worker) -> int:
        """How many items it has begun and not settled, by the names of its runs."""
        runs = self._site.ledger.runs()
        return sum(run.startswith(f"{worker.pid}.") for run in runs)

    def until_done(self, deliveries: int) -> None:
        """Wait for so many deliveries to be done."""
        until("enough is done", partial(_has_done, self._site, deliveries))


def _has_done(site: Site, deliveries: int) -> bool:
    return site.ledger.count("done") >= deliveries
