"""Limit of open files and connections of a worker, and what it needs."""

import resource
from dataclasses import dataclass
from typing import Final

#: What a worker has open besides its threads' connections: logs, loops, the health port
#: and who asks there, the broker, and some for libraries.
BASE: Final = 64
#: For each thread: the ledger, the broker, a partner, and a token or a name look-up.
PER_THREAD: Final = 4
#: What stands in for "without a limit".
ENDLESS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class OpenFiles:
    """The limit of this process, beside what a worker with its threads needs.

    Attributes:
        limit: how many it may have open now.
        most: up to how many it may raise that by itself.
        needed: without which calls would fail in the middle of work.
        wanted: with which a connection can be kept for each thread and destination.
    """

    limit: int
    most: int
    needed: int
    wanted: int

    @property
    def too_few(self) -> bool:
        return max(self.limit, self.most) < self.needed

    @property
    def scarce(self) -> bool:
        return max(self.limit, self.most) < self.wanted

    def message(self) -> str:
        """What was found, and what to do."""
        return (
            f"a worker may have {max(self.limit, self.most)} files and connections open"
            f" here; it needs {self.needed}, and {self.wanted} to keep connections to"
            f" all destinations: raise the limit (ulimit -n {self.wanted}, LimitNOFILE="
            " of systemd, --ulimit nofile= of docker), or give it fewer threads (-c)"
        )


def open_files(threads: int, destinations: int) -> OpenFiles:
    """Look at the limit; nothing is changed.

    Args:
        threads: how many tasks the worker runs at once.
        destinations: how many its settings have.
    """
    needed = BASE + PER_THREAD * threads
    wanted = needed + threads * destinations
    limit, most = _limits()
    return OpenFiles(limit, most, needed, wanted)


def raise_limit(found: OpenFiles) -> None:
    """Raise the limit to what is wanted, as far as that is allowed."""
    goal = min(found.wanted, found.most)
    if goal <= found.limit:
        return
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (goal, hard))


def _limits() -> tuple[int, int]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    endless = resource.RLIM_INFINITY
    return (ENDLESS if soft == endless else soft, ENDLESS if hard == endless else hard)
