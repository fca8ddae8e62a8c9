"""A failover in the middle of a site's story."""

import threading

import redis

from tests.processes.ledger_servers import LedgerServers
from workers.ledger import keys
from workers.redis.clients import hasty_client

#: Seconds between two looks at whether anything was admitted.
LOOK = 0.02


class FailoverWithin:
    """Puts a replica in the primary's place as soon as an event was admitted.

    Args:
        servers: of the ledger.
        wanted: whether there is to be one at all.
    """

    def __init__(self, servers: LedgerServers, *, wanted: bool) -> None:
        self._servers = servers
        self._first = servers.primary()
        self._ends = threading.Event()
        self._failures: list[BaseException] = []
        self.awaited = wanted
        self._thread = threading.Thread(target=self._run, name="failover", daemon=True)
        if wanted:
            self._thread.start()

    def postpone(self) -> None:
        """Leave the moment to the test, which calls `see_to_it`."""
        self._stop()

    def see_to_it(self) -> None:
        """Have a replica take the primary's place now, unless one has done so."""
        if not self.awaited:
            return
        if self._servers.primary() is self._first:
            self._servers.fail_over()
        self._servers.await_replicas()
        self.awaited = False

    def end(self) -> None:
        """Wait for it if it has begun.

        Raises:
            AssertionError: it failed.
        """
        self._stop()
        assert self._failures == []

    def _stop(self) -> None:
        self._ends.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._is_at_work():
                if self._ends.wait(LOOK):
                    return
            self.see_to_it()
        except BaseException as error:  # noqa: BLE001 (reported by the thread that waits)
            self._failures.append(error)
            self.awaited = False

    def _is_at_work(self) -> bool:
        client = hasty_client(self._servers.url, "tests")
        try:
            return any(
                client.hexists(keys.counts(keys.prefix(n)), "admitted")
                for n in range(self._servers.partitions)
            )
        except redis.RedisError:
            return False
        finally:
            client.close()
