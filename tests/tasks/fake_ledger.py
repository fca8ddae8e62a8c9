"""A ledger in memory that decides as the Lua scripts do."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from redis.exceptions import ResponseError

from serializers.errors import DecodeError
from serializers.events.entry import MAX_BYTES
from serializers.events.entry_fields import Apart, Content, Fields, Oversized, of_event
from serializers.order_record import LayoutError, Order, pack, unpack
from serializers.purchase_order_uses import Use
from serializers.results.result import ResultType
from serializers.timeline.codes import Code, Note, note
from tasks.amendment import Amendment
from tasks.ledger_values import (
    Admission,
    Advance,
    Begun,
    Claim,
    Delivery,
    Held,
    Hint,
    Kind,
    Look,
    NewDelivery,
    Refused,
    Roster,
    Settlement,
    Unreadable,
    WatchChange,
    WatchMove,
    WriteResult,
    Written,
)
from tasks.outcomes.outcome import Again, Done, GiveUp, Later
from tasks.planning.results import refused_about
from tasks.planning.rules import WESTCON
from tests.tasks.fake_items import LEASED, FakeItems

W = TypeVar("W")

#: Round trips that write what was worked out from what others may have changed.
CHANGING = {"admit", "advance", "amend", "give", "bury_entry", "render"}

#: What became of an event that need not come again.
DECIDED = {WriteResult.ADMITTED, WriteResult.DUPLICATE}


@dataclass(slots=True)
class FakeLedger(FakeItems):
    """Items, orders and timelines; `trips` remembers each round trip's name.

    Attributes:
        most: attempts of an item, before its workers count as lost.
        meanwhile: each is called once, before the next of `CHANGING`, as what another
            worker does in between.
        broken: round trips that do not come back.
        stream: entries by id: all their fields, or the event in the only one.
        fitting: entries that one answer has room for.
        apart: entries that are begun alone.
        everyone: the ledger's endpoints; `read` is the roster that was last read.
    """

    most: int = 4
    stream: dict[str, bytes | Fields | None] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    buried: list[tuple[str, str]] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    records: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    log: defaultdict[str, list[tuple[Note, ...]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    trips: list[str] = field(default_factory=list)
    meanwhile: list[Callable[[], object]] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    fitting: int | None = None
    apart: dict[str, Apart] = field(default_factory=dict)
    everyone: Roster = field(default_factory=Roster)
    read: Roster | None = None
    shared: dict[str, tuple[Use, ...]] = field(default_factory=dict)

    def _trip(self, name: str) -> None:
        self.trips.append(name)
        if name in self.broken:
            raise ConnectionError(name)
        if name in CHANGING and self.meanwhile:
            self.meanwhile.pop(0)()

    def order(self, number: str) -> Order:
        return unpack(self.records[number][1])

    def start_entries(self, ids: Sequence[str]) -> dict[str, Content | Apart]:
        self._trip("start_entries")
        return {
            id_: self.apart.get(id_) or self._content(id_)
            for id_ in ids[: self.fitting]
        }

    @contextmanager
    def started_alone(self, entry: str, starts: int) -> Iterator[dict[str, Content]]:
        self._trip("started_alone")
        assert self.apart[entry] == Apart(starts)
        yield {entry: self._content(entry)}

    def _content(self, entry: str) -> Content:
        fields = self._fields(entry)
        size = sum(len(part) for field in fields or () for part in field)
        return Oversized(size) if size > MAX_BYTES else fields

    def _fields(self, entry: str) -> Fields | None:
        ended = entry in self.acknowledged or entry in self.forgotten
        held = None if ended else self.stream.get(entry)
        return of_event(held) if isinstance(held, bytes) else held

    def acknowledge(self, ids: Sequence[str]) -> None:
        self._trip("acknowledge")
        self.acknowledged += ids

    def forget(self, ids: Sequence[str]) -> None:
        self.forgotten += ids

    def bury_entry(self, entry: str, why: str, code: str) -> bool:
        self._trip("bury_entry")
        assert why
        if self.stream.get(entry) is None:
            return False
        self.buried.append((entry, code))
        self.told.append((ResultType.REFUSED, ""))
        return True

    def bury_event(self, entry: str, fields: Fields, why: str, code: str) -> None:
        self._trip("bury_event")
        assert why
        assert entry in self.acknowledged or self._fields(entry) == fields
        if (entry, code) not in self.buried:
            self.buried.append((entry, code))
            self.told.append((ResultType.REFUSED, refused_about(fields)[0]))
        self.acknowledged.append(entry)

    def orders(self, numbers: Sequence[str]) -> list[Held]:
        self._trip("orders")
        self.read = self.everyone
        return [self._order(number) for number in numbers]

    def _order(self, number: str) -> Held:
        found = self.records.get(number)
        held = _held(*found) if found else Held(None, 0)
        return replace(held, roster=self.everyone)

    def roster(self, partition: int) -> Roster:
        assert partition == 0
        self.read = self.read or self.everyone
        return self.read

    def supposed_new(self, number: str) -> Held:
        assert number
        return Held(None, 0, roster=self.roster(0))

    def join(self, *names: str) -> None:
        """A worker that knows these endpoints starts."""
        known = self.everyone
        if not known.names.issuperset(names):
            version = str(int(known.version or 0) + 1)
            self.everyone = Roster(version, known.names.union(names))

    def admit(self, admissions: Sequence[Admission]) -> list[Written]:
        if admissions:
            self._trip("admit")
        for one in admissions:
            if any(each.move is WatchMove.START for each in one.watches):
                _, number = one.order.westcon_reference or ("", "")
                self._use(one.order.purchase_order or number, one.order.name)
        written = self._begun(admissions, self._admit)
        for one, answer in zip(admissions, written, strict=True):
            if answer.verdict in DECIDED:
                self.acknowledged.append(one.entry)
        return written

    def _admit(self, one: Admission) -> Written:
        if one.digest in self.seen:
            return _known(self.seen[one.digest], one.mark)
        number = one.order.name
        if (self._version(number), self.everyone.version) != (one.version, one.roster):
            self.read = self.everyone
            return Written(WriteResult.STALE, held=self._order(number))
        self.seen[one.digest] = one.mark
        self.told += [(each.type, number) for each in one.results]
        leased = self._write(one.order, one.version, one.deliveries, one.notes)
        moved = [hint for each in one.watches for hint in self._move(number, each)]
        return Written(WriteResult.ADMITTED, (*leased, *moved))

    def _begun(self, some: Sequence[W], write: Callable[[W], Written]) -> list[Written]:
        """Write; what comes alone begins where a thread is kept for it."""
        self._runs = {} if len(some) == 1 else None
        written = [write(one) for one in some]
        self._runs = None
        return [
            replace(w, leased=tuple(map(self._with_item, w.leased))) for w in written
        ]

    def _with_item(self, hint: Hint) -> Hint:
        if not hint.run:
            return hint
        begun = self._begin(hint.claims[0], hint.run)
        return hint if isinstance(begun, Refused) else replace(hint, begun=begun)

    def _version(self, number: str) -> int:
        return self.records.get(number, (0, b""))[0]

    def _write(
        self,
        order: Order,
        version: int,
        new: Sequence[NewDelivery],
        notes: tuple[Note, ...],
    ) -> list[Hint]:
        self.records[order.name] = (version + 1, pack(order))
        self.log[order.name].append(notes)
        entered = [self._enter(order.name, one) for one in new]
        return [hint for hint in entered if hint is not None]

    def claim(self, hint: Hint, most: int) -> tuple[Claim, ...]:
        """First what a worker held when its lease ended, then what is due."""
        self._trip("claim")
        now, here = self.now_ms(), hint.destination
        mine = [item for item in self.items.values() if item.destination == here]
        held = [item for item in mine if item.state in LEASED and item.ends_ms <= now]
        held.sort(key=lambda item: (item.ends_ms, item.ref))
        back = [claim for item in held[:most] if (claim := self._take_back(item))]
        due = [item for item in mine if item.state == "due" and item.due_ms <= now]
        due.sort(key=lambda item: (item.due_ms, item.ref))
        room = max(0, min(most - len(back), self._places(here)))
        return (*back, *(self._lease(item) for item in due[:room]))

    def begin(self, hint: Hint, claims: Sequence[Claim], run: str) -> list[Begun]:
        if hint.begun is not None:
            return [hint.begun]
        self._trip("begin")
        self._check(hint, claims)
        return [self._begin(claim, run) for claim in claims]

    def _check(self, hint: Hint, claims: Sequence[Claim]) -> None:
        known = [(self.items.get(one.ref), one.fence) for one in claims]
        # What has moved elsewhere since is another claim's.
        mine = [one for one, fence in known if one is not None and one.fence == fence]
        assert all(item.destination == hint.destination for item in mine)

    def _begin(self, claim: Claim, run: str) -> Begun:
        item = self.items.get(claim.ref)
        if item is None:
            return Refused(claim)
        again = item.state == "sending" and item.run == run
        if item.fence != claim.fence or (item.state != "leased" and not again):
            return Refused(claim)
        if item.look_again and not again:
            item.look_again, item.attempts = False, 0
        if item.attempts >= self.most and not again:
            self._leave(item, "dead")
            return Refused(claim, dead=True)
        item.attempts += not again
        if not again:
            item.ends_ms = self.now_ms() + self.lease_ms
        item.state, item.run = "sending", run
        if item.kind is not None:
            made = Delivery(claim, item.attempts, item.order, item.kind, item.payload)
            return replace(made, number=item.number, failed=item.failed)
        version, record = self.records[item.order]
        held = _held(version, record)
        if held.order is None:
            return Unreadable(claim, item.attempts, held.unreadable)
        asked_ms = self.now_ms()
        return Look(claim, item.attempts, held.order, version, asked_ms, item.seen)

    def render(
        self, hint: Hint, delivery: Delivery, run: str, body: bytes
    ) -> bytes | None:
        self._trip("render")
        self._check(hint, [delivery.claim])
        item = self.items.get(delivery.claim.ref)
        if item is None:
            return None
        if (item.state, item.fence, item.run) != ("sending", delivery.claim.fence, run):
            return None
        if item.kind is Kind.CHANGE:
            item.kind, item.payload = Kind.NOTIFICATION, body
        return item.payload

    def settle(self, hint: Hint, run: str, settlements: Sequence[Settlement]) -> bool:
        self._trip("settle")
        self._check(hint, [one.claim for one in settlements])
        for one in settlements:
            self._settle(run, one)
        refs = [one.claim.ref for one in settlements if one.claim.ref in self.items]
        return any(self._has_due(self.items[ref].destination) for ref in refs)

    def _has_due(self, destination: str) -> bool:
        now = self.now_ms()
        here = [i for i in self.items.values() if i.destination == destination]
        return any(item.state == "due" and item.due_ms <= now for item in here)

    def _settle(self, run: str, one: Settlement) -> None:
        item = self.items.get(one.claim.ref)
        if item is None:
            return None
        if isinstance(one.outcome, Done) and item.kind is None:
            raise ResponseError("a watch is never done: advance ends it")
        if isinstance(one.outcome, Done):
            item.outcomes.append(one.outcome)
            return self._leave(item, "done")
        if (item.fence, item.run, item.state) != (one.claim.fence, run, "sending"):
            return None
        item.outcomes.append(one.outcome)
        entry = (note(Code.PLAIN, f"{item.destination} {one.result}"),)
        self.log[item.order].append(entry)
        item.attempts -= isinstance(one.outcome, Later)
        match one.outcome:
            case _ if item.superseded:
                self._leave(item, "superseded")
            case _ if item.look_again:
                self._make_due(item, self.now_ms())
            case GiveUp(code=code):
                self._leave(item, "dead")
                item.failed = code
            case Again(after=after, code=code) | Later(after=after, code=code):
                self._make_due(item, self.now_ms() + int(after * 1000))
                item.failed = code
        return None

    def settle_and_begin(
        self, hint: Hint, settlement: Settlement, following: Claim, run: str
    ) -> Begun:
        self._trip("settle_and_begin")
        assert hint.claims
        self._settle(run, settlement)
        return self._begin(following, run)

    def advance(
        self, hint: Hint, run: str, advances: Sequence[Advance]
    ) -> list[Written]:
        self._trip("advance")
        self._check(hint, [one.claim for one in advances])
        return self._begun(advances, partial(self._advance, run))

    def _advance(self, run: str, one: Advance) -> Written:
        if one.number not in self.records:
            return Written(WriteResult.GONE)
        if one.version not in {-1, self._version(one.number)}:
            return Written(WriteResult.STALE)
        watch = self.items.get(one.claim.ref)
        mine = ("sending", one.claim.fence, run)
        holds = watch and (watch.state, watch.fence, watch.run) == mine
        if watch and not holds and watch.looked_ms > one.asked_ms:
            return Written(WriteResult.ADVANCED)
        if one.order is not None and self.everyone.version != one.roster:
            return Written(WriteResult.STALE)
        leased: list[Hint] = []
        if one.order is not None:
            leased = self._write(one.order, one.version, one.deliveries, one.notes)
            self.told += [(each.type, one.number) for each in one.results]
        elif holds and one.notes:
            self.log[one.number].append(one.notes)
        if watch and holds:
            watch.attempts, watch.run, watch.looked_ms = 0, "", self.now_ms()
            watch.seen = one.seen or watch.seen
            pause = 0 if watch.look_again else one.next_look
            if pause is None:
                self._end(watch)
            else:
                self._make_due(watch, self.now_ms() + int(pause * 1000))
        more = self._has_due(watch.destination) if watch else False
        return Written(WriteResult.ADVANCED, tuple(leased), more=more)

    def uses(self, purchase_order: str, order: str) -> tuple[Use, ...]:
        self._trip("uses")
        return self._use(purchase_order, order)

    def _use(self, purchase_order: str, order: str) -> tuple[Use, ...]:
        known = self.shared.get(purchase_order.strip(), ())
        if order not in {use.order for use in known}:
            known = (*known, Use(order, self.now_ms() // 86_400_000))
            self.shared[purchase_order.strip()] = known
        return known

    def give(
        self, purchase_order: str, before: tuple[Use, ...], after: tuple[Use, ...]
    ) -> bool:
        self._trip("give")
        if self.shared.get(purchase_order.strip(), ()) != before:
            return False
        self.shared[purchase_order.strip()] = after
        return True

    def amend(self, amendment: Amendment) -> bool:
        self._trip("amend")
        name = amendment.order.name
        if self._version(name) != amendment.version or name not in self.records:
            return False
        self._write(amendment.order, amendment.version, (), amendment.notes)
        watch = self.items.get(f"watch:{WESTCON}:{name}")
        if watch and (watch.state != "dead" or watch.failed == amendment.answers):
            started = WatchChange(WESTCON, WatchMove.START, WESTCON)
            room, self.room = self.room, False
            self._move(name, started)
            self.room = room
        return True

    def hand_back(
        self, hint: Hint, claims: Sequence[Claim], after: float = 0.0
    ) -> None:
        self._trip("hand_back")
        assert hint.claims
        for claim in claims:
            item = self.items.get(claim.ref)
            if item and item.state == "leased" and item.fence == claim.fence:
                pause = 0 if item.look_again else after
                self._make_due(item, self.now_ms() + int(pause * 1000))


def _known(seen: str, mark: str) -> Written:
    """What is answered to an event whose id was seen before, with this mark."""
    kind = seen.rpartition(":")[0]
    if seen == mark or not kind:
        return Written(WriteResult.DUPLICATE)
    if kind != mark.rpartition(":")[0]:
        return Written(WriteResult.NEWER)
    return Written(WriteResult.CONFLICT, seen=seen)


def _held(version: int, record: bytes) -> Held:
    try:
        return Held(unpack(record), version)
    except DecodeError as error:
        damaged = not isinstance(error, LayoutError)
        return Held(None, version, str(error), damaged=damaged)
