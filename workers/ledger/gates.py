"""Gates: circuit breaker, rate limit and Retry-After of each destination, in Redis."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import redis

from workers.ledger import keys
from workers.ledger.scripts import Call, Scripts

#: How long this process goes on reporting the gate of every success after it has seen
#: failures there.
SUSPECT_SECONDS = 10.0

#: A known Retry-After or open breaker counts as over so much too early: the probe that
#: follows it must not be handed back for a clock's sake.
EARLY_SECONDS = 1.0

#: How often it reports a success otherwise. The probe's call may be made by a
#: process that knows of no failure, so silence would keep the gate half open; one
#: word in so many seconds costs nothing.
SERVED_SECONDS = 5.0


class Limits(Protocol):
    """What a gate allows, as `tasks.destination` has it."""

    @property
    def interval_ms(self) -> float: ...
    @property
    def burst(self) -> int: ...
    @property
    def probe_seconds(self) -> float: ...
    @property
    def breaker_failures(self) -> int: ...
    @property
    def breaker_seconds(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Grant:
    """The gate's answer: calls that may start, and seconds until asking helps."""

    calls: int
    wait: float


@dataclass(frozen=True, slots=True)
class Change:
    """A gate that has closed or opened for all workers; one of them is reported.

    Attributes:
        closed: whether it has closed.
        seconds: for which nobody calls now; of one that has opened, for which it was
            closed or on trial.
        breaker: whether failures in a row have closed it.
        failures: how many, so far.
        code: of the last failure, or of what was asked ("http_429").
    """

    destination: str
    closed: bool
    seconds: float
    breaker: bool = False
    failures: int = 0
    code: str = ""


class Gates:
    """The gates of all destinations.

    A gate is advice, not truth: when Redis does not answer, a report is dropped
    (`served`, `failed`, `close`), since the ledger's own scripts will report it louder.

    Args:
        scripts: on the ledger's client.
        destinations: with their limits.
        changed: what is done when a report of this process has closed or opened one.
    """

    def __init__(
        self,
        scripts: Scripts,
        destinations: Mapping[str, Limits],
        changed: Callable[[Change], None] = lambda _: None,
    ) -> None:
        self._changed = changed
        self._scripts = scripts
        self._destinations = destinations
        self._suspect_until: dict[str, float] = {}
        self._closed_until: dict[str, float] = {}
        self._served_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def ask(self, destination: str, calls: int) -> Grant:
        """How many of `calls` may start now; raises redis.RedisError."""
        return self.ask_each([(destination, calls)])[0]

    def wait(self, destination: str) -> float:
        """Take one call; seconds until one may be made, 0 where this one may.

        Raises:
            redis.RedisError: Redis does not answer.
        """
        grant = self.ask(destination, 1)
        return 0.0 if grant.calls else max(grant.wait, 1.0)

    def ask_each(self, wanted: Sequence[tuple[str, int]]) -> list[Grant]:
        """As `ask` of several destinations, each with its calls, in one round trip."""
        answers = self._scripts.run_all([self._question(*one) for one in wanted])
        return [
            self._grant(destination, *map(int, answer))
            for (destination, _), answer in zip(wanted, answers, strict=True)
        ]

    def _question(self, destination: str, calls: int) -> Call:
        known = self._destinations[destination]
        probe_ms = int(known.probe_seconds * 1000)
        arguments = (calls, known.interval_ms, known.burst, probe_ms)
        return Call("gate_ask", keys.gate(destination), arguments)

    def _grant(
        self, destination: str, granted: int, wait_ms: int, failures: int
    ) -> Grant:
        if granted:
            # Somebody may have opened it by hand.
            self._closed_until.pop(destination, None)
        if failures or not granted:
            self._suspect(destination, 0 if granted else wait_ms / 1000)
        # It was seen: nothing speaks against calling.
        self._suspect_until.setdefault(destination, 0.0)
        return Grant(granted, wait_ms / 1000)

    def is_open(self, destination: str) -> bool:
        """Whether nothing speaks against calling now, as far as this process knows.

        Asked of a destination for the first time, it looks at the gate: what others
        met before this process started holds for it too.
        """
        self.look([destination])
        return self._suspect_until[destination] < time.monotonic()

    def look(self, destinations: Iterable[str]) -> None:
        """Look at the gates that this process knows nothing of, in one round trip."""
        unseen = [
            name
            for name in dict.fromkeys(destinations)
            if name in self._destinations and name not in self._suspect_until
        ]
        calls = [Call("gate_report", keys.gate(name), ("look",)) for name in unseen]
        try:
            answers = self._scripts.run_all(calls) if calls else []
        except redis.RedisError:
            answers = [[0]] * len(unseen)
        for name, (closed, *_) in zip(unseen, answers, strict=True):
            self._suspect_until.setdefault(name, 0.0)
            if closed:
                self._known_closed(name, closed / 1000)

    def served(self, destination: str) -> None:
        """A call was answered: the destination works."""
        now = time.monotonic()
        last = self._served_at.get(destination, -SERVED_SECONDS)
        if not self.is_open(destination):
            self._served_at[destination] = now
            self._report(destination, "served")
        elif now - last >= SERVED_SECONDS:
            self._served_at[destination] = now
            # With the call's outcome, which is recorded next.
            call = Call("gate_report", keys.gate(destination), ("served",))
            self._scripts.later(call, partial(self._heard, destination))

    def failed(self, destination: str, code: str = "") -> float:
        """A call was not answered; seconds for which nobody may call now.

        Args:
            destination: that was called.
            code: how the call failed, for the report of a change.
        """
        known = self._destinations[destination]
        limits = known.breaker_failures, int(known.breaker_seconds * 1000)
        closed = self._report(destination, "failed", *limits, code=code)
        self._known_closed(destination, closed)
        return closed

    def is_closed(self, destination: str) -> bool:
        """Whether this process knows that nobody may call now."""
        return self.closed_for(destination) > 0

    def closed_for(self, destination: str) -> float:
        """Seconds for which it knows that; not above 0 where it does not."""
        until = self._closed_until.get(destination, 0.0)
        return until - EARLY_SECONDS - time.monotonic()

    def unused(self, destination: str) -> None:
        """A granted call was not made; a probe is free for somebody else."""
        self._report(destination, "unused")

    def close(
        self, destination: str, seconds: float, why: str = "", *, probe: bool = False
    ) -> None:
        """Nobody calls this destination for so long; then one call goes first, or all.

        Args:
            destination: whose gate.
            seconds: for which it stays closed.
            why: a short constant ("http_429"), for who looks at the gate.
            probe: whether one call goes first afterwards.
        """
        self._known_closed(destination, seconds)
        limits = int(seconds * 1000), why, int(probe)
        self._report(destination, "close", *limits, code=why)

    def _known_closed(self, destination: str, seconds: float) -> None:
        self._suspect(destination, seconds)
        self._closed_until[destination] = time.monotonic() + seconds

    def _suspect(self, destination: str, seconds: float) -> None:
        until = time.monotonic() + seconds + SUSPECT_SECONDS
        with self._lock:
            known = self._suspect_until.get(destination, 0.0)
            self._suspect_until[destination] = max(known, until)

    def _report(
        self, destination: str, verdict: str, *limits: int | str, code: str = ""
    ) -> float:
        call = Call("gate_report", keys.gate(destination), (verdict, *limits))
        try:
            reply = self._scripts.run(call)
        except redis.RedisError:
            return 0.0
        return self._recorded(destination, reply, code, failed=verdict == "failed")

    def _heard(self, destination: str, reply: Sequence[Any]) -> None:
        self._recorded(destination, reply)

    def _recorded(
        self,
        destination: str,
        reply: Sequence[Any],
        code: str = "",
        *,
        failed: bool = False,
    ) -> float:
        """Report a change; seconds for which the gate is closed."""
        ms, change, failures, shut_ms = reply
        if change:
            closed = change == b"closed"
            seconds = (ms if closed else shut_ms) / 1000
            breaker = closed and failed
            self._changed(
                Change(destination, closed, seconds, breaker, int(failures), code)
            )
        return float(ms) / 1000
