"""Ledger interface of the tasks: each method is one round trip per partition."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import redis

from serializers.events.entry_fields import Apart, Content, Fields
from tasks.concurrency import Destinations
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
    WriteResult,
    Written,
)
from workers.ledger import attempt_calls, keys, script_calls
from workers.ledger.begins import Begins, Rooms, Runs, Starts
from workers.ledger.claims import Claims
from workers.ledger.endpoints.rosters import Rosters
from workers.ledger.held_orders import held_order
from workers.ledger.identity.purchase_orders import PurchaseOrders
from workers.ledger.layout.places import Place, Places
from workers.ledger.layout.seen import Coming, bring
from workers.ledger.retention import Retention
from workers.ledger.scripts import Scripts
from workers.ledger.stream.streams import AnyStream
from workers.redis.answers import octets, text


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
        places: Places,
        scripts: Scripts | None = None,
        starts: Starts | None = None,
    ) -> None:
        super().__init__(scripts or Scripts(client), retention, places)
        partitions = places.layout.width
        self._client = client
        self._stream = stream
        self._destinations = destinations
        self._room = room
        self._begins = Begins(
            self._scripts, destinations, retention, room, places, starts
        )
        self._claims = Claims(self._scripts, retention, partitions)
        self._rosters = Rosters(self._scripts, partitions)
        #: Entries whose start alone this process has outlived, and their starts before.
        self._outlived: list[tuple[str, int]] = []

    def start_entries(self, ids: Sequence[str]) -> dict[str, Content | Apart]:
        """Start on entries, one at least, see `Stream.start`."""
        return self._stream.start(ids)

    @contextmanager
    def started_alone(self, entry: str, starts: int) -> Iterator[Mapping[str, Content]]:
        """Start on one that was started so often; it counts unless Redis fails."""
        while self._outlived:
            id_, before = self._outlived[-1]
            self._stream.of(id_).take_back(id_, before)
            self._outlived.pop()
        try:
            yield self._stream.of(entry).start_alone(entry, starts)
        except redis.RedisError:
            self._outlived.append((entry, starts))
            raise

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
        partitions = [one.partition for one in self._places.placed(numbers)]
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
        return Held(None, 0, roster=self.roster(self._places.home(number)))

    def roster(self, partition: int) -> Roster:
        """The ledger's endpoints as last read; a plan made with others is stale."""
        return self._rosters.last(partition)

    def _roster(self, partition: int, version: object) -> Roster:
        """The roster of this version; one that cannot be read has none."""
        known = "" if isinstance(version, Exception) else text(version)
        return self._rosters.at(partition, known)

    def admit(self, admissions: Sequence[Admission]) -> list[Written]:
        """Make events durable, each on its own, and take their entries off the list."""
        places = self._places.placed([one.order.name for one in admissions])
        placed = list(zip(admissions, places, strict=True))
        events = [Coming(a.digest, a.order.name, place) for a, place in placed]
        bring(self._client, events, self._places.layout)

        def written(room: script_calls.Room, runs: Runs) -> list[Written]:
            stream, retention = self._stream, self._retention
            calls = [
                partial(script_calls.admit, a, p, retention, own, stream, indexed)
                for a, p in placed
                for own in [self._begins.within(p.partition, room)]
                for indexed in [self.index(a, p.partition)]
            ]
            answers = self._begins.each(calls, runs)
            return [
                self._written(answer, p.partition, a, runs)
                for answer, (a, p) in zip(answers, placed, strict=True)
            ]

        answers = self._begins.begun_for(admissions, written)
        self._settle_apart(answers, placed)
        self._look_anew(answers, places)
        return answers

    def _settle_apart(
        self, written: Sequence[Written], placed: Sequence[tuple[Admission, Place]]
    ) -> None:
        """Settle entries whose orders have moved since they were started, on a Cluster.

        Admitting could not do it: it sees one slot. Until it is done the entry comes
        again, as a duplicate.
        """
        durable = {WriteResult.ADMITTED, WriteResult.DUPLICATE}
        apart = [
            one.entry
            for answer, (one, place) in zip(written, placed, strict=True)
            if answer.verdict in durable
            and not self._stream.of(one.entry).is_beside(place.partition)
        ]
        self._stream.acknowledge(apart)

    def _look_anew(self, written: Sequence[Written], places: Sequence[Place]) -> None:
        """Learn the layout where orders were looked for by another one."""
        refused = {
            place.partition
            for one, place in zip(written, places, strict=True)
            if one.verdict is WriteResult.STALE and one.held is None
        }
        if refused:
            self._places.refused(refused)

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

    def claim(self, hint: Hint, most: int) -> tuple[Claim, ...]:
        """Lease what is due at the hint's destination and partition."""
        known = self._destinations[hint.destination]
        cap = self._room.most_leased(known.name)
        if not (cap and self._room.leases(hint.partition)):
            # Release gives what no partition has for its own, and in one that rests.
            return ()
        return self._claims.claim(known, hint.partition, most, cap).claims

    def begin(self, hint: Hint, claims: Sequence[Claim], run: str) -> list[Begun]:
        """Start an attempt of each claim, once per fence."""
        return self._begins.begin(hint, claims, run)

    def render(
        self, hint: Hint, delivery: Delivery, run: str, body: bytes
    ) -> bytes | None:
        """Store the body of a change; the one that is stored, None for another's."""
        stored = self._scripts.run(attempt_calls.render(delivery, hint, run, body))
        return None if stored is None else octets(stored)

    def settle(self, hint: Hint, run: str, settlements: Sequence[Settlement]) -> bool:
        """Record what became of attempts; whether more is due there now."""
        return self._begins.settle(hint, run, settlements)

    def settle_and_begin(
        self, hint: Hint, settlement: Settlement, following: Claim, run: str
    ) -> Begun:
        """Record one attempt and begin the next, in one round trip."""
        return self._begins.settle_and_begin(hint, settlement, following, run)

    def advance(
        self, hint: Hint, run: str, advances: Sequence[Advance]
    ) -> list[Written]:
        """Record what a poll saw."""

        def written(room: script_calls.Room, runs: Runs) -> list[Written]:
            retention = self._retention
            own = self._begins.within(hint.partition, room)
            calls = [
                partial(script_calls.advance, a, hint, run, retention, own)
                for a in advances
            ]
            answers = self._begins.each(calls, runs)
            return [
                script_calls.written(answer, hint.partition, a, runs)
                for answer, a in zip(answers, advances, strict=True)
            ]

        return self._begins.begun_for(advances, written)

    def hand_back(
        self, hint: Hint, claims: Sequence[Claim], after: float = 0.0
    ) -> None:
        """Give back claims that were not begun, due again in so many seconds."""
        self._scripts.run(attempt_calls.hand_back(hint, claims, after))
