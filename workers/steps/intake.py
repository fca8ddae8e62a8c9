"""Intake: reads the ERP's stream and hands the entries to `orders.receive`.

Where this worker takes such hints itself it reads once a thread is free to receive: a
backlog waits in the stream, and is taken in batches.

An entry is acknowledged by `orders.receive` once it is durable. What stays pending
longer than a lease is claimed back here, whoever held it; an entry that keeps
coming back travels alone, then becomes a dead letter. Those that have come back for
half of their starts are handed out one by one, and each is begun while nothing else is
in its process, so that none ends with another's worker.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import redis
import structlog
from redis.exceptions import ResponseError

from workers.dispatch.threads import NOTHING, Begun
from workers.ledger.stream.entries import Arrivals, Pending, is_absent
from workers.ledger.stream.reader import Stream
from workers.redis.answers import number
from workers.redis.cluster.client import node_of
from workers.redis.failures import answer_failure
from workers.redis.fitness import info_of

log = structlog.get_logger()

#: How long one read waits for new entries; a stop ends it.
BLOCK_MS = 7500

#: How long it waits for a thread that receives what it reads, before it looks after
#: its other duties. What is not read meanwhile comes in one batch.
THREAD_SECONDS = 0.5

#: Reads that find nothing until the group is asked again: meanwhile one waits alone.
QUIET_READS = 10

#: Seconds between two looks at what was lost, and while nothing is read.
ACCOUNT_SECONDS, QUIET_ACCOUNT_SECONDS = 1.0, 60.0

#: Seconds between two looks whether to read on, and while nothing is read: who waits
#: at the stream's end has nothing that could pile up.
CHECK_SECONDS, QUIET_CHECK_SECONDS = 1.0, 60.0

#: Looks after overdue entries of which one tidies the stream where nothing was read.
QUIET_LOOKS = 4

#: Seconds between two entries that are handed out one by one.
ONE_BY_ONE = 0.2

#: Why the intake waits for the deliveries.
AHEAD = "the deliveries come first: WAYBILL_INTAKE_AHEAD items wait for threads"

#: So many entries are read, every so many seconds, while it waits for them.
TRICKLE, TRICKLE_SECONDS = 10, 1.0


class Receiver(Protocol):
    """The way to `orders.receive`."""

    def receive(self, ids: Sequence[str], begun: Begun = NOTHING) -> None:
        """Hint at entries, of which some were started; never raises."""

    def may_receive(self, seconds: float) -> bool:
        """Whether entries are wanted now, or before the time is up."""


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """Bounds of the intake.

    Attributes:
        batch: entries per hint.
        pending: entries that may be handed out and not admitted.
        attempts: how often an entry is started before it is a dead letter.
        beside: how many of these starts may be beside others.
        memory: share of Redis' maxmemory above which nothing is read.
        ahead: entries and due items that may wait for threads; 0: any number.
        lease_ms: how long an entry may be pending before it is handed out again.
    """

    batch: int
    pending: int
    attempts: int
    beside: int
    memory: float
    ahead: int
    lease_ms: int


class Intake:
    """The intake's loop, one turn at a time.

    Args:
        client: a client of its own, which a blocking read may hold up.
        stream: the ERP's stream.
        hints: the way to `orders.receive`.
        bury: makes an entry a dead letter: id, why, code; False where it is gone.
        rules: bounds.
        due: items that are due and wait for threads, see `Ahead`.
        consumer: this process's name in the group.
    """

    def __init__(  # noqa: PLR0913, PLR0917 (one argument per collaborator)
        self,
        client: "redis.Redis",
        stream: Stream,
        hints: Receiver,
        bury: Callable[[str, str, str], bool],
        rules: IntakeRules,
        consumer: str,
        due: Callable[[], int] = lambda: 0,
    ) -> None:
        self._client = client
        self._stream = stream
        self._hints = hints
        self._bury = bury
        self._rules = rules
        self._consumer = consumer
        self._due = due
        self._trickled = 0.0
        self._looked_after = 0.0
        self._untidy = QUIET_LOOKS
        self._checked = 0.0
        self._accounted = -ACCOUNT_SECONDS
        self._since_check = 0
        self._quiet_reads = 0
        self._full = ""
        bounds = (rules.pending, rules.ahead or rules.pending)
        self._unchecked = max(1, min(bounds) // 4)
        self._suspects = 0
        self._lasting = ""

    def turn(self) -> float:
        """One round; answers the seconds to rest before the next."""
        try:
            pause = self._turn()
        except ResponseError as error:
            if is_absent(error):
                self._make_again()
                return 0.0
            self._name_lasting(error)
            raise
        self._lasting = ""
        return pause

    def _turn(self) -> float:
        now = time.monotonic()
        pause = self._rules.lease_ms / 4000
        if now - self._looked_after > (ONE_BY_ONE if self._suspects else pause):
            self._look_after()
            self._looked_after = now
        if now - self._accounted > (
            QUIET_ACCOUNT_SECONDS if self._quiet_reads else ACCOUNT_SECONDS
        ):
            self._look_for_losses()
            self._accounted = now
        count = self._rules.batch
        if self._is_full(now):
            # What is not read may be dropped meanwhile.
            self._quiet_reads = 0
            if not self._trickles(now):
                return 0.2
            count = min(count, TRICKLE)
        if not self._hints.may_receive(THREAD_SECONDS):
            return 0.0
        came = self._come(count)
        self._quiet_reads = 0 if came.ids else self._quiet_reads + 1
        if came.ids:
            self._hints.receive(came.ids, came.begun)
            self._since_check += len(came.ids)
            self._untidy = QUIET_LOOKS
        return 0.0

    def _come(self, count: int) -> Arrivals:
        """What comes before the wait is over."""
        stream, consumer = self._stream, self._consumer
        block = int(ONE_BY_ONE * 1000) if self._suspects else BLOCK_MS
        # What was read to its end need not be read again to wait for more.
        if stream.is_read and not self._quiet_reads:
            came = stream.arrivals(consumer, count, block)
            if came is not None:
                return came
        # At rest a wait that finds nothing costs no script.
        rests = self._quiet_reads % QUIET_READS
        if rests and stream.stays_quiet(consumer, block):
            return Arrivals()
        ids = stream.read(consumer, count, block)
        # What is asked next is whether the group is there; then it is waited for.
        self._quiet_reads = 0
        return Arrivals(tuple(ids))

    def _name_lasting(self, error: ResponseError) -> None:
        """Report once what no waiting mends, such as a key that is no stream."""
        lasting = answer_failure(error)
        if lasting and lasting != self._lasting:
            log.error("stream_unusable", why=f"Redis {lasting}")
        self._lasting = lasting

    def _make_again(self) -> None:
        """Go on after somebody has deleted the stream or the group."""
        self._look_for_losses()
        self._stream.make()
        why = "the stream or its group was deleted; nobody but Waybill is to do that"
        log.warning("stream_made_again", why=why)

    def _look_for_losses(self) -> None:
        loss = self._stream.account.look()
        if loss.events:
            why = (
                "dropped from the stream before they were admitted; see waybill status"
            )
            exact = loss.is_exact
            log.warning("events_lost", events=loss.events, exact=exact, why=why)

    def _trickles(self, now: float) -> bool:
        """Whether to read a few all the same: no miscount may stop the events."""
        if self._full != AHEAD or now - self._trickled < TRICKLE_SECONDS:
            return False
        self._trickled = now
        return True

    def _is_full(self, now: float) -> bool:
        """Whether reading on would only pile up; looked at now and then."""
        pause = CHECK_SECONDS if self._since_check else QUIET_CHECK_SECONDS
        recent = now - self._checked < pause
        if recent and not self._full and self._since_check < self._unchecked:
            return False
        self._checked, self._since_check = now, 0
        full = self._reason_to_wait()
        if full and full != self._full:
            log.warning("intake_waits", why=full)
        self._full = full
        return bool(full)

    def _reason_to_wait(self) -> str:
        pending = self._stream.pending_count()
        if pending + self._rules.batch > self._rules.pending:
            return f"{pending} events are handed out and not admitted yet"
        if self._rules.ahead and pending + self._due() > self._rules.ahead:
            return AHEAD
        if self._is_short_of_memory():
            return "Redis is nearly full: raise maxmemory, or let the work drain"
        return ""

    def _is_short_of_memory(self) -> bool:
        # Where INFO is refused nobody knows; a full Redis refuses what comes then.
        with node_of(self._client, self._stream.name) as node:
            memory = info_of(node, "memory") or {}
        most, used = number(memory.get("maxmemory")), number(memory.get("used_memory"))
        return bool(most) and used > self._rules.memory * most

    def _look_after(self) -> None:
        """Claim back what is overdue, trim the stream, forget gone consumers."""
        lease = self._rules.lease_ms
        overdue = self._stream.overdue(lease, self._rules.batch)
        # A full Redis counts starts and admits nothing: that is not the events' fault.
        if not (overdue and self._is_short_of_memory()):
            self._claim_back(
                [one for one in overdue if one.starts < self._rules.attempts]
            )
            for one in overdue:
                if one.starts >= self._rules.attempts:
                    self._give_up(one)
        self._untidy += 1
        if self._untidy >= QUIET_LOOKS:
            self._untidy = 0
            self._stream.trim()
            self._stream.remove_idle_consumers(10 * lease)

    def _claim_back(self, overdue: list[Pending]) -> None:
        # Of those that are begun alone, one at a time: the others may only have been
        # in the workers that the one has ended. The least suspicious comes first.
        alone = [one for one in overdue if one.starts >= self._rules.beside]
        suspects = sorted(alone, key=lambda one: one.starts)
        self._suspects = len(suspects)
        overdue = [one for one in overdue if one not in suspects[1:]]
        ids = [one.id for one in overdue]
        claimed = set(
            self._stream.claim_back(self._consumer, ids, self._rules.lease_ms)
        )
        again = [one.id for one in overdue if one.id in claimed and not one.starts]
        if again:
            self._hints.receive(again)
        for one in overdue:
            if one.id in claimed and one.starts:
                # It may be what ends the workers that touch it.
                self._hints.receive([one.id])

    def _give_up(self, one: Pending) -> None:
        why = f"started {one.starts} times and never admitted"
        if self._bury(one.id, why, "never_admitted"):
            log.error("event_buried", entry=one.id, why=why)
            self._stream.acknowledge([one.id])
        else:
            self._stream.forget([one.id])
