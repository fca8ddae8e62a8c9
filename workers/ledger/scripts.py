"""Loader and runner of the Lua scripts, by their digest."""

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Final

import redis
from redis.exceptions import NoScriptError, ResponseError

from workers.ledger import keys
from workers.redis.durability import NONE, Durability
from workers.redis.round_trips import Command, RoundTrips

Argument = str | bytes | int | float

#: Seconds between two attempts at a Redis that cannot write its file.
PAUSE = 0.5

#: Stands before the name of an act's script: it runs with its entry in the audit chain.
AUDITED: Final = "audited."
_ACT: Final = "--#act"

#: How often a Redis is taught a script that it does not know: another one may be in
#: its place before it is asked.
TAUGHT = 3

_INCLUDE = re.compile(r"^--#include (\w+)$", re.MULTILINE)

#: The line of results.lua in whose place the settings of results are put.
_RESULTS = re.compile(r"^local RESULTS = .*$", re.MULTILINE)


@cache
def source(name: str) -> str:
    """The text of one script with its includes in place."""

    def included(match: re.Match[str]) -> str:
        return source(match[1]).rstrip()

    file = resources.files("workers.ledger") / "scripts" / f"{name}.lua"
    return _INCLUDE.sub(included, file.read_text(encoding="utf-8"))


def read_all() -> None:
    """Read every script's file now, so that none is opened in the middle of work."""
    folder = resources.files("workers.ledger") / "scripts"
    for file in folder.iterdir():
        if file.name.endswith(".lua"):
            source(file.name.removesuffix(".lua"))


@dataclass(frozen=True, slots=True)
class Call:
    """One run of one script: its name, its single key, its arguments."""

    script: str
    key: str
    arguments: tuple[Argument, ...]


#: A call that waits for another one, and who takes its answer.
Noted = tuple[Call, Callable[[Any], None]]

#: Words of Redis about a script that has met a key of another kind, or a field that is
#: no number. Any other error is about Redis, and so about every call.
_OF_ONE_KEY = ("WRONGTYPE", "not an integer", "not a valid float", "attempt to ")


class Scripts:
    """Runs scripts on one Redis.

    Every script may run again after a lost answer, so a connection error is
    answered by asking again (the client's own retries do), and a Redis that has
    forgotten a script is taught it anew.

    Args:
        client: a client that leaves bytes as bytes.
        sources: other texts by name; the tests pass scripts on a clock of their own.
        results: which results the scripts write, as a Lua table; "" for none. It is
            part of their text, so that no call carries it.
        durability: what `run_confirmed` waits for.
        patience: seconds for which a Redis whose disk is full is asked again, as one
            is that does not answer: what a partner was sent must be recorded.
    """

    def __init__(
        self,
        client: "redis.Redis",
        sources: dict[str, str] | None = None,
        patience: float = 0.0,
        results: str = "",
        durability: Durability = NONE,
    ) -> None:
        self.client = client
        self._durability = durability
        self._results = results
        self._round_trips = RoundTrips(client)
        self._sources = sources or {}
        self._patience = patience
        self._digests: dict[str, str] = {}
        self._noted: dict[int, list[Noted]] = {}

    def later(self, call: Call, then: Callable[[Any], None] = lambda _: None) -> None:
        """Run a script with the next one of this thread, in the same round trip.

        It is for what may be lost, and costs no round trip of its own. What is wrong
        with it stays with it.

        Args:
            call: what is run, before the next one.
            then: takes its answer, if there is one.
        """
        self._noted.setdefault(threading.get_ident(), []).append((call, then))

    def run_confirmed(self, calls: Sequence[Call]) -> tuple[list[Any], bool]:
        """As `run_each`; and whether as many replicas have it all as are to have it.

        A script that runs again may write nothing, so a write stands before each WAIT.
        """
        if not self._durability.replicas:
            return self.run_each(calls), True
        kept = _Kept(dict.fromkeys(_confirmed(call.key) for call in calls))
        answers = self._with_noted(calls, kept)
        return answers, all(self._durability.confirmed(one) for one in kept.counts)

    def write(self, command: Command) -> Any:
        """Run a command that writes; its answer once the replicas have it.

        Raises:
            UnconfirmedError: too few have it; it is written all the same.
            redis.RedisError: Redis does not answer, or refuses it.
        """
        if not self._durability.replicas:
            return self.client.execute_command(*command)  # type: ignore[no-untyped-call] # redis-py's gap
        answer, count = self._round_trips.send([command, self._durability.command])
        if isinstance(answer, Exception):
            raise answer
        self._durability.check(count)
        return answer

    def run(self, call: Call) -> Any:
        """Run one script; raises redis.RedisError when Redis does not answer."""
        return self.run_all((call,))[0]

    def run_all(self, calls: Sequence[Call]) -> list[Any]:
        """Run several scripts in one round trip, in order, not as one transaction."""
        answers = self.run_each(calls)
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return answers

    def run_each(self, calls: Sequence[Call]) -> list[Any]:
        """As `run_all`, but what is wrong with one call's own keys is its answer.

        Scripts are written so that such an error comes before their first write.
        """
        return self._with_noted(calls)

    def _with_noted(
        self, calls: Sequence[Call], kept: "_Kept | None" = None
    ) -> list[Any]:
        noted = self._noted.pop(threading.get_ident(), [])
        answers = self._run_each([*(call for call, _ in noted), *calls], kept)
        for (_, then), answer in zip(noted, answers, strict=False):
            if not isinstance(answer, Exception):
                then(answer)
        return answers[len(noted) :]

    def _run_each(
        self, calls: Sequence[Call], kept: "_Kept | None" = None
    ) -> list[Any]:
        answers = self._send(calls, kept)
        for _ in range(TAUGHT):
            unknown = [n for n, a in enumerate(answers) if isinstance(a, NoScriptError)]
            if not unknown:
                break
            # Redis has restarted. What did run must not run twice for this alone.
            self._load(calls[n].script for n in unknown)
            self._repeat(calls, answers, unknown, kept)
        ends = time.monotonic() + self._patience
        while (refused := _unwritten(answers)) and time.monotonic() < ends:
            time.sleep(PAUSE)
            self._repeat(calls, answers, refused, kept)
        for answer in answers:
            if isinstance(answer, Exception) and not is_of_one_key(answer):
                raise answer
        return answers

    def _repeat(
        self,
        calls: Sequence[Call],
        answers: list[Any],
        places: Sequence[int],
        kept: "_Kept | None",
    ) -> None:
        repeated = self._send([calls[n] for n in places], kept)
        for n, answer in zip(places, repeated, strict=True):
            answers[n] = answer

    def _send(self, calls: Sequence[Call], kept: "_Kept | None" = None) -> list[Any]:
        commands = [self.command(call) for call in calls]
        if kept is None:
            return self._round_trips.send(commands)
        waits = [
            one
            for key in kept.written
            for one in (("SET", key, ""), self._durability.command)
        ]
        answers = self._round_trips.send([*commands, *waits])
        kept.counts.extend(answers[len(commands) + 1 :: 2])
        return answers[: len(commands)]

    def command(self, call: Call) -> Command:
        """A run as a command, for who sends it with others; see `load`."""
        return ("EVALSHA", self._digest(call.script), 1, call.key, *call.arguments)

    def load(self, name: str) -> None:
        """Have Redis know a script of which it has said that it does not."""
        self._load([name])

    def _text(self, name: str) -> str:
        if name.startswith(AUDITED):
            whole, act = self._text("audited"), self._text(name.removeprefix(AUDITED))
            return whole.replace(_ACT, act.rstrip())
        text = self._sources.get(name) or source(name)
        if not self._results:
            return text
        return _RESULTS.sub(f"local RESULTS = {self._results}", text)

    def _digest(self, name: str) -> str:
        known = self._digests.get(name)
        if known is None:
            # A Lua script is known to Redis by the SHA-1 of its text.
            text = self._text(name).encode()
            known = hashlib.sha1(text, usedforsecurity=False).hexdigest()
            self._digests[name] = known
        return known

    def _load(self, names: Iterable[str]) -> None:
        for name in set(names):
            self.client.script_load(self._text(name))


@dataclass(frozen=True, slots=True)
class _Kept:
    """What replicas are waited for.

    Attributes:
        written: a key for each of the calls' keys, beside it on its node of a Cluster;
            WAIT looks at what its connection wrote last.
        counts: what WAIT has answered each time.
    """

    written: Iterable[str]
    counts: list[Any] = field(default_factory=list)


def _confirmed(key: str) -> str:
    """What is written before replicas are waited for; of a stream, a door's mark."""
    return f"{key}confirmed" if key.endswith("}:") else keys.door(key, "confirmed")


def is_of_one_key(error: Exception) -> bool:
    """Whether Redis complains of a call's own keys, and not of the state it is in."""
    words = str(error)
    return isinstance(error, ResponseError) and any(one in words for one in _OF_ONE_KEY)


def _unwritten(answers: Sequence[Any]) -> list[int]:
    """Which calls Redis has refused because it cannot write its file (MISCONF)."""
    return [
        n
        for n, answer in enumerate(answers)
        # Redis 6.2 puts the word in the middle of an error of its own.
        if isinstance(answer, ResponseError) and "MISCONF" in str(answer)
    ]
