"""States of endpoints: failing since when, disabled by whom."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import redis

from tasks.planning.rules import INGRAM_PREFIX
from workers.ledger import keys
from workers.ledger.audit.actor import Actor, Deed
from workers.ledger.scripts import Argument, Call, Scripts
from workers.redis.answers import number, text

#: Warnings on the way from the first failure to being disabled: four
#: warnings, then it happens.
STEPS: Final = 5
#: Fewer failures than this prove nothing, however far apart they are.
FEWEST_FAILURES: Final = 5
#: A failure that is older than the longest pause and this does not join the next one.
MEMORY_MS: Final = 86_400_000

FailureStep = Literal["noted", "warn", "disable", "hold", "disabled", "unmarked"]


@dataclass(frozen=True, slots=True)
class Failing:
    """What a failure led to.

    Attributes:
        verdict: whether to warn, or to disable, or neither; "hold" is to disable for
            what was given up, "unmarked" that it is disabled, and not everywhere.
        since_ms: UTC ms since when every call has failed.
        failures: calls that failed since.
        given_up: notifications that were given up since.
        pause: the one that stands, or has ended.
    """

    verdict: FailureStep
    since_ms: int
    failures: int
    given_up: int = 0
    pause: str = ""


@dataclass(frozen=True, slots=True)
class EndpointState:
    """One endpoint.

    Attributes:
        disabled: whether nothing is sent to it.
        disabled_ms: UTC ms since when, None where nobody noted it.
        why: who or what disabled it.
        failing_ms: UTC ms since when every call has failed, None when it works.
        failures: calls that failed since.
        given_up: notifications that were given up since.
        code: how the last of them failed.
        waiting: deliveries that are due, now or later; not those behind another.
        leased: deliveries that a worker holds.
    """

    disabled: bool = False
    disabled_ms: int | None = None
    why: str = ""
    failing_ms: int | None = None
    failures: int = 0
    given_up: int = 0
    code: str = ""
    waiting: int = 0
    leased: int = 0


class EndpointStates:
    """The endpoints' states; every method raises redis.RedisError.

    Args:
        client: RESP2, bytes.
        scripts: on that client.
        partitions: of the ledger.
        disable_after: seconds of failing after which one is disabled, 0 for never.
        hold_after: notifications given up in a row after which one is, 0 for never.
        longest: seconds of the longest pause between two attempts at any endpoint.
    """

    def __init__(
        self,
        client: "redis.Redis",
        scripts: Scripts,
        partitions: int = 1,
        disable_after: float = 0.0,
        hold_after: int = 0,
        *,
        longest: float,
    ) -> None:
        self._client = client
        self._scripts = scripts
        self._roots = [keys.prefix(partition) for partition in range(partitions)]
        self._after_ms = int(disable_after * 1000)
        self._hold_after = hold_after
        # One that is called but every few days must be known to fail all the same.
        self._memory_ms = int(longest * 1000) + MEMORY_MS

    def served(self, name: str) -> None:
        """It answered well: it does not fail."""
        self._report(INGRAM_PREFIX + name, "served")

    def noted(self, name: str) -> None:
        """The same, with the next script that this thread runs; asks nothing itself."""
        self._scripts.later(Call("endpoint_report", keys.endpoint(name), ("served",)))

    def failed(self, name: str, code: str, *, gave_up: bool = False) -> Failing:
        """A call to it failed; what follows is the caller's to do."""
        way = (code, self._after_ms, STEPS, FEWEST_FAILURES, self._memory_ms)
        row = (int(gave_up), self._hold_after)
        return self._failed(INGRAM_PREFIX + name, *way, *row)

    def gave_up(self, destination: str, code: str, most: int) -> Failing:
        """An item of a partner was given up; "hold" where so many were in a row."""
        way = (code, 0, STEPS, FEWEST_FAILURES, self._memory_ms)
        return self._failed(destination, *way, 1, most)

    def worked(self, destination: str) -> None:
        """One was done: with the next script that this thread runs."""
        key = keys.condition(destination)
        self._scripts.later(Call("endpoint_report", key, ("served",)))

    def disable(self, name: str, why: str, by: Actor | None = None) -> bool:
        """Send nothing to it any more; what waits is kept. Whether this is new.

        Without anybody who acts it is the workers' own decision.
        """
        return self.pause(INGRAM_PREFIX + name, why, by)

    def enable(self, name: str, by: Actor | None = None) -> bool:
        """Send it what waits, and what comes; whether it was disabled."""
        return self.resume(INGRAM_PREFIX + name, by)

    def pause(self, destination: str, why: str, by: Actor | None = None) -> bool:
        """The same as `disable` for any destination."""
        # First why, then the marks: whoever sees a mark finds its reason. One that ends
        # in between is completed with the next failure, or when it is given again.
        run = "" if by is None else by.run
        answer = self._report(destination, "disable", why, run, secrets.token_hex(8))
        self._complete(destination, answer.pause, by)
        # Of several who disable it at once the one whose reason stands is answered yes.
        return answer.verdict == "disabled"

    def resume(self, destination: str, by: Actor | None = None) -> bool:
        """The same as `enable` for any destination."""
        # First the condition: no one completes the pause any more, and one that ends
        # between the marks leaves nothing that keeps a new row from pausing it.
        before = self._standing(destination)
        ended = self._report(destination, "enable").pause
        # The answer of an "enable" that was sent twice knows no pause.
        marked = self._mark("enable", destination, by, ended or before or "")
        # One that came meanwhile may have lost marks to this.
        if (now := self._standing(destination)) is not None:
            self._complete(destination, now)
        return marked

    def states(self, names: Iterable[str]) -> dict[str, EndpointState]:
        """How they stand, by name, in one round trip."""
        wanted = list(dict.fromkeys(names))
        found = self.conditions(INGRAM_PREFIX + name for name in wanted)
        return dict(zip(wanted, found.values(), strict=True))

    def conditions(self, destinations: Iterable[str]) -> dict[str, EndpointState]:
        """The same of any destinations."""
        wanted = list(dict.fromkeys(destinations))
        pipeline = self._client.pipeline(transaction=False)
        for destination in wanted:
            pipeline.hgetall(keys.condition(destination))
            for root in self._roots:
                pipeline.sismember(keys.disabled(root), destination)
                pipeline.zcard(keys.due(root, destination))
                pipeline.zcard(keys.leased(root, destination))
        answers, each = pipeline.execute(), 1 + 3 * len(self._roots)
        return {
            name: _state(*answers[n * each : (n + 1) * each])
            for n, name in enumerate(wanted)
        }

    def _failed(self, destination: str, *arguments: Argument) -> Failing:
        found = self._report(destination, "failed", *arguments)
        if found.verdict != "unmarked":
            return found
        self._complete(destination, found.pause)
        return replace(found, verdict="noted")

    def _complete(self, destination: str, pause: str, by: Actor | None = None) -> None:
        """Have a pause in every partition, but where it has ended meanwhile."""
        self._mark("disable", destination, by, pause)
        self._report(destination, "marked", pause)

    def _standing(self, destination: str) -> str | None:
        """The pause that stands, "" for one of an older release, None for none."""
        key = keys.condition(destination)
        disabled, pause = self._client.hmget(key, ["disabled", "pause"])
        return None if disabled is None else text(pause)

    def _report(self, destination: str, *arguments: Argument) -> Failing:
        call = Call("endpoint_report", keys.condition(destination), arguments)
        verdict, since, failures, given_up, pause = self._scripts.run(call)
        counts = int(since), int(failures), int(given_up)
        return Failing(verdict.decode(), *counts, text(pause))

    def _mark(
        self, script: str, destination: str, by: Actor | None, pause: str
    ) -> bool:
        calls = [Call(script, root, (destination, pause)) for root in self._roots]
        if by is None:
            return any(int(one) > 0 for one in self._scripts.run_all(calls))
        states = ("enabled", "disabled")
        before, after = states if script == "disable" else states[::-1]
        what = f"endpoint.{script}d"
        if not destination.startswith(INGRAM_PREFIX):
            what = f"destination.{'paused' if script == 'disable' else 'resumed'}"
        deed = Deed(what, destination, "1", before=before, after=after)
        marked = [int(by.run_act(self._scripts, call, deed)) for call in calls]
        return any(one > 0 for one in marked)


def _state(raw: Mapping[object, object], *counts: object) -> EndpointState:
    known = {text(field): text(value) for field, value in raw.items()}
    return EndpointState(
        # A command that was cut short has marked some partitions only.
        disabled=any(counts[0::3]),
        disabled_ms=number(known.get("disabled")) or None,
        why=known.get("why", ""),
        failing_ms=number(known.get("failing")) or None,
        failures=number(known.get("failures")),
        given_up=number(known.get("given_up")),
        code=known.get("code", ""),
        waiting=sum(map(number, counts[1::3])),
        leased=sum(map(number, counts[2::3])),
    )
