"""Ledger interface of the tasks: each method is one round trip per partition."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

import redis
import structlog

from serializers.events.entry_fields import Content, Fields
from tasks.concurrency import Destinations
from tasks.execution.attempt import caught
from tasks.ledger_values import (
    Admission,
    Advance,
    Begun,
    Claim,
    Delivery,
    Held,
    Hint,
    Roster,
    Settlement,
    Written,
)
from workers.ledger import attempt_calls, keys, script_calls
from workers.ledger.claims import Claims
from workers.ledger.endpoints.rosters import Rosters
from workers.ledger.held_orders import held_order
from workers.ledger.identity.purchase_orders import PurchaseOrders
from workers.ledger.retention import Retention
from workers.ledger.scripts import Call, Scripts
from workers.ledger.stream.streams import AnyStream
from workers.redis.answers import octets, text

log = structlog.get_logger()


class Rooms(Protocol):
    """How much may be leased, as the process that asks stands now."""

    def rooms(self, names: Iterable[str]) -> Callable[[str], tuple[bool, int]]:
        """Whether new work may be leased at once, where it is written together."""

    def most_leased(self, name: str) -> int:
        """How many leases are of use at a destination."""


class Starts(Protocol):
    """Threads of this process that go on with an item themselves."""

    def reserve(self, destination: str) -> str:
        """Keep a thread for what is leased there next: its run, "" for no thread."""

    def release(self, run: str) -> None:
        """Nothing was leased for this run, or nobody knows."""


class RedisLedger(PurchaseOrders):
    """The truth about every order and delivery.

    Every method raises `redis.RedisError` when Redis does not answer. Each script
    is atomic and may run again after a lost answer.
    """

    def __init__(  # noqa: PLR0913, PLR0917 (one argument per collaborator)
        self,
        client: "redis.Redis",
        stream: AnyStream,
        destinations: Destinations,
        room: Rooms,
        retention: Retention,
        partitions: int = 1,
        scripts: Scripts | None = None,
        starts: Starts | None = None,
    ) -> None:
        super().__init__(scripts or Scripts(client), retention, partitions)
        self._client = client
        self._stream = stream
        self._destinations = destinations
        self._room = room
        self._starts = starts
        self._claims = Claims(self._scripts, retention, partitions)
        self._rosters = Rosters(self._scripts, partitions)

    def _partition(self, order_number: str) -> int:
        return keys.partition_of(order_number, self._partitions)

    def start_entries(self, ids: Sequence[str]) -> dict[str, Content]:
        """Start on entries, one at least, see `Stream.start`."""
        return self._stream.start(ids)

    def acknowledge(self, ids: Sequence[str]) -> None:
        """Take entries off the pending list."""
        self._stream.acknowledge(ids)

    def forget(self, ids: Sequence[str]) -> None:
        """Take entries that are gone unadmitted off the pending list."""
        self._stream.forget(ids)

    def bury_event(self, entry: str, fields: Fields, why: str, code: str) -> None:
        """Make an entry that cannot be admitted a dead letter, where its stream is.

        It is off the pending list then.
        """
        call = script_calls.bury_event(entry, fields, why, code, self._stream)
        self._scripts.run(call)

    def bury_entry(self, entry: str, why: str, code: str) -> bool:
        """Make an entry of the stream a dead letter where it is, of whatever size.

        False where it is gone. It stays on the pending list.
        """
        call = script_calls.bury_entry(entry, why, code, self._stream)
        return bool(self._scripts.run(call) != b"gone")

    def orders(self, numbers: Sequence[str]) -> list[Held]:
        """The orders in the order asked for."""
        pipeline = self._client.pipeline(transaction=False)
        partitions = [self._partition(order) for order in numbers]
        for order, partition in zip(numbers, partitions, strict=True):
            root = keys.prefix(partition)
            pipeline.hget(keys.order(root, order), "version")
            pipeline.get(keys.record(root, order))
            pipeline.get(keys.roster(root))
        answers = pipeline.execute(raise_on_error=False)
        return [
            replace(held_order(version, record), roster=self._roster(partition, roster))
            for partition, version, record, roster in zip(
                partitions, answers[0::3], answers[1::3], answers[2::3], strict=True
            )
        ]

    def supposed_new(self, number: str) -> Held:
        """The order as if nobody knew it; where one does, a plan with it is stale."""
        return Held(None, 0, roster=self.roster(self._partition(number)))

    def roster(self, partition: int) -> Roster:
        """The ledger's endpoints as last read; a plan made with others is stale."""
        return self._rosters.last(partition)

    def _roster(self, partition: int, version: object) -> Roster:
        """The roster of this version; one that cannot be read has none."""
        known = "" if isinstance(version, Exception) else text(version)
        return self._rosters.at(partition, known)

    def admit(self, admissions: Sequence[Admission]) -> list[Written]:
        """Make events durable, each on its own, and take their entries off the list."""
        placed = [(a, self._partition(a.order.name)) for a in admissions]

        def written(room: script_calls.Room, runs: Mapping[str, str]) -> list[Written]:
            stream, retention = self._stream, self._retention
            calls = [
                partial(
                    script_calls.admit, a, p, retention, room, stream, self.index(a, p)
                )
                for a, p in placed
            ]
            return [
                self._written(answer, p, a, runs)
                for answer, (a, p) in zip(self._each(calls), placed, strict=True)
            ]

        return self._begun_for(admissions, written)

    def _written(
        self, answer: Any, partition: int, one: Admission, runs: Mapping[str, str]
    ) -> Written:
        """What became of an admission; of a stale one the order as it is now."""
        found = script_calls.written(answer, partition, one, runs)
        now = script_calls.outrun(answer)
        if now is None:
            return found
        version, record, roster = now
        held = replace(
            held_order(version, record), roster=self._roster(partition, roster)
        )
        return replace(found, held=held)

    def _begun_for(
        self,
        some: Sequence[Admission] | Sequence[Advance],
        write: Callable[[script_calls.Room, Mapping[str, str]], list[Written]],
    ) -> list[Written]:
        """Write; what comes alone begins at once where a thread is kept for it."""
        made = [new.destination for one in some for new in one.deliveries]
        moved = [watch.destination for one in some for watch in one.watches]
        has_room, runs = self._room.rooms(made + moved), dict[str, str]()
        starts = self._starts if len(some) == 1 else None

        def room(name: str) -> tuple[str, int]:
            direct, cap = has_room(name)
            if direct and starts is not None and not runs.get(name):
                runs[name] = starts.reserve(name)
            return (runs.get(name) or "1") if direct else "0", cap

        begun = set[str]()
        try:
            written = write(room, runs)
            begun = {hint.run for one in written for hint in one.leased}
        finally:
            for run in runs.values():
                if run and starts is not None and run not in begun:
                    starts.release(run)
        return written

    def _each(self, builds: Sequence[Callable[[], Call]]) -> list[Any]:
        """The answer of each call, or what is wrong with that one alone."""
        made = [caught(build) for build in builds]
        ran = self._scripts.run_each([one for one in made if isinstance(one, Call)])
        answers = iter(ran)
        return [next(answers) if isinstance(one, Call) else one for one in made]

    def claim(self, hint: Hint, most: int) -> tuple[Claim, ...]:
        """Lease what is due at the hint's destination and partition."""
        known = self._destinations[hint.destination]
        cap = self._room.most_leased(known.name)
        return self._claims.claim(known, hint.partition, most, cap).claims

    def begin(self, hint: Hint, claims: Sequence[Claim], run: str) -> list[Begun]:
        """Start an attempt of each claim, once per fence."""
        if hint.begun is not None:
            return [hint.begun]
        answer = self._scripts.run(self._begin(hint, claims, run))
        return attempt_calls.begun(answer, claims)

    def _begin(self, hint: Hint, claims: Sequence[Claim], run: str) -> Call:
        known = self._destinations[hint.destination]
        return attempt_calls.begin(hint, claims, run, known, self._retention)

    def render(
        self, hint: Hint, delivery: Delivery, run: str, body: bytes
    ) -> bytes | None:
        """Store the body of a change; the one that is stored, None for another's."""
        stored = self._scripts.run(attempt_calls.render(delivery, hint, run, body))
        return None if stored is None else octets(stored)

    def settle(self, hint: Hint, run: str, settlements: Sequence[Settlement]) -> bool:
        """Record what became of attempts; whether more is due there now."""
        settles = [self._settle(one, hint, run) for one in settlements]
        answers = self._scripts.run_each(settles)
        for one, answer in zip(settlements, answers, strict=True):
            _note_fault(one, answer)
        return any(attempt_calls.has_more(answer) for answer in answers)

    def _settle(self, one: Settlement, hint: Hint, run: str) -> Call:
        known = self._destinations.get(hint.destination)
        holds = known is not None and known.holds
        return attempt_calls.settle(one, hint, run, self._retention, holds=holds)

    def settle_and_begin(
        self, hint: Hint, settlement: Settlement, following: Claim, run: str
    ) -> Begun:
        """Record one attempt and begin the next, in one round trip."""
        settled, answer = self._scripts.run_each(
            (
                self._settle(settlement, hint, run),
                self._begin(hint, (following,), run),
            )
        )
        _note_fault(settlement, settled)
        if isinstance(answer, Exception):
            raise answer
        return attempt_calls.begun(answer, (following,))[0]

    def advance(
        self, hint: Hint, run: str, advances: Sequence[Advance]
    ) -> list[Written]:
        """Record what a poll saw."""

        def written(room: script_calls.Room, runs: Mapping[str, str]) -> list[Written]:
            retention = self._retention
            calls = [
                partial(script_calls.advance, a, hint, run, retention, room)
                for a in advances
            ]
            return [
                script_calls.written(answer, hint.partition, a, runs)
                for answer, a in zip(self._each(calls), advances, strict=True)
            ]

        return self._begun_for(advances, written)

    def hand_back(
        self, hint: Hint, claims: Sequence[Claim], after: float = 0.0
    ) -> None:
        """Give back claims that were not begun, due again in so many seconds."""
        pairs = (part for claim in claims for part in (claim.ref, claim.fence))
        arguments = (int(after * 1000), *pairs)
        self._scripts.run(Call("hand_back", keys.prefix(hint.partition), arguments))


def _note_fault(settlement: Settlement, answer: object) -> None:
    """Log an outcome that its item cannot take; it comes again when its lease ends."""
    if isinstance(answer, Exception):
        ref, why = settlement.claim.ref, str(answer)
        log.error("outcome_not_recorded", item=ref, why=why)
