"""Restore watch: looks for a restored ledger or a set clock, twice a second at work."""

import time
from collections.abc import Callable
from typing import Protocol

import structlog

from tasks.restore_detection import CLOCK, Finding, Known, Look, Marks, findings
from workers.ledger.restore.kept_marks import KeptMarks
from workers.ledger.restore.marks_file import KeptMarksError

log = structlog.get_logger()

#: Seconds between two looks while this process works: `appendfsync everysec` may lose a
#: second, and what is lost between two looks is not found.
LOOK_SECONDS = 0.5

#: The same while it does not: nothing is lost then but looks. Work that begins is
#: preceded by a look, and a lost connection that works again is followed by one.
IDLE_SECONDS = 15.0

#: Seconds between two times that the marks are kept elsewhere.
KEEP_SECONDS = 3.0

#: Seconds between two looks for moments that lie too far ahead.
PULL_IN_SECONDS = 300.0

#: Seconds between two log lines that the marks cannot be kept.
QUIET = 60.0


class Looked(Protocol):
    """The ledger's marks."""

    def look(self) -> Look:
        """Look; raises redis.RedisError."""

    def end(self) -> None:
        """Take back what names this process; raises redis.RedisError."""


class Reporter(Protocol):
    """Keeps what was found."""

    def report(self, finding: Finding, by: str, *, hold: bool) -> bool:
        """Keep a finding; raises redis.RedisError."""


class PutRight(Protocol):
    """Puts moments right."""

    def shift(self, ms: int) -> None:
        """Bring all nearer; raises redis.RedisError."""

    def pull_in(self) -> None:
        """Bring the furthest nearer; raises redis.RedisError."""


class RestoreWatch:
    """The watch's loop, one turn at a time.

    What is found is reported before anything else is known of the new state, and
    again as long as Redis has not taken it.

    Args:
        ledger: its marks.
        restores: where findings are kept.
        moments: what is put right after the clock was set back.
        kept: the marks outside of Redis, None without.
        by: the worker's name.
        holds: whether nothing is to be sent after a restore.
        works: whether this process works, or did a moment ago.
    """

    def __init__(  # noqa: PLR0913 (one argument per collaborator)
        self,
        ledger: Looked,
        restores: Reporter,
        moments: PutRight,
        kept: KeptMarks | None,
        by: Callable[[], str],
        *,
        holds: bool,
        works: Callable[[], bool],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger = ledger
        self._restores = restores
        self._moments = moments
        self._kept = kept
        self._by = by
        self._holds = holds
        self._works = works
        self._monotonic = monotonic
        self._known: Known | None = None
        self._unreported: list[Finding] = []
        self._back_ms = 0
        self._kept_at = self._pulled_in_at = self._complained_at = -PULL_IN_SECONDS

    def begin(self) -> None:
        """Look for the first time, before anything is sent.

        Raises:
            KeptMarksError: the marks outside of Redis cannot be used.
            redis.RedisError: Redis does not answer.
        """
        if self._kept is not None and self._known is None:
            was = self._kept.read()
            self._known = None if was is None else Known(was)
        look = self._look()
        self._keep(look.marks)

    def turn(self) -> float:
        """One round; answers the seconds to rest before the next."""
        look = self._look()
        now = self._monotonic()
        if now - self._pulled_in_at >= PULL_IN_SECONDS:
            self._moments.pull_in()
            self._pulled_in_at = now
        if now - self._kept_at >= KEEP_SECONDS:
            self._keep_if_possible(look.marks, now)
        return LOOK_SECONDS if self._works() else IDLE_SECONDS

    def end(self) -> None:
        """Stop; raises redis.RedisError."""
        self._ledger.end()

    def _look(self) -> Look:
        look = self._ledger.look()
        for finding in findings(self._known, look):
            _log(finding)
            if finding.kept:
                self._unreported.append(finding)
        self._known = Known(look.marks, (look.asked, look.answered))
        self._back_ms += look.stepped_back_ms
        self._report()
        if self._back_ms:
            back, self._back_ms = self._back_ms, 0
            self._moments.shift(back)
            log.warning("moments_shifted", seconds=round(back / 1000, 1))
        return look

    def _report(self) -> None:
        while self._unreported:
            finding = self._unreported[0]
            hold = self._holds and finding.holds
            self._restores.report(finding, self._by(), hold=hold)
            self._unreported.pop(0)

    def _keep(self, marks: Marks) -> None:
        if self._kept is not None:
            self._kept.keep(marks)

    def _keep_if_possible(self, marks: Marks, now: float) -> None:
        self._kept_at = now
        try:
            self._keep(marks)
        except KeptMarksError as error:
            if now - self._complained_at >= QUIET:
                self._complained_at = now
                log.warning("marks_not_kept", why=str(error))


def _log(finding: Finding) -> None:
    name = "redis_clock_set" if finding.kind in CLOCK else "ledger_restored"
    log.warning(name, kind=finding.kind.value, why=finding.message)
