"""Consumer-group reader of the ERP's stream, with at-least-once delivery.

An entry is read (it becomes pending), handed out as a hint, started, admitted, and
only then acknowledged. What stays pending longer than a lease is handed out again by
whoever looks first. As with items, only a start counts: a hint may wait or be lost.
6.2 commands only.
"""

from collections.abc import Callable, Sequence
from typing import Any

import redis
from redis.exceptions import NoScriptError, ResponseError

from serializers.events import entry, entry_fields
from serializers.events.entry_fields import Apart, Content, Fields, bare
from workers.ledger import keys
from workers.ledger.scripts import Argument, Call, Scripts
from workers.ledger.stream.account import STARTED, StreamAccount
from workers.ledger.stream.entries import Arrivals, Pending, contents
from workers.ledger.stream.starts import Starts
from workers.ledger.stream.waiting import wait
from workers.redis.answers import number, text
from workers.redis.cluster.client import node_of
from workers.redis.durability import NONE as NOBODY
from workers.redis.durability import Durability
from workers.redis.round_trips import Command

#: Before every entry.
NONE = "0-0"

#: Starts of an entry beside others, where nobody gives entries up.
MANY = 1_000_000

#: Bytes of entries that Redis goes through in one script to read their ids.
READ_BYTES = 16 * 1024 * 1024


class Stream:
    """One stream and one group; every method raises redis.RedisError.

    Args:
        client: a client that speaks RESP2 and leaves bytes as bytes.
        name: the stream's key.
        group: the consumer group's name.
        stopped: whether to wait for nothing any more.
        partition: whose stream it is. Its entries are called `<id>.<partition>`, since
            two streams may have one id; without it, by their ids.
        durability: what an added entry has to have.
        beside: how often an entry is started beside others, see `starts`.
    """

    def __init__(  # noqa: PLR0913, PLR0917 (what a stream is, one by one)
        self,
        client: "redis.Redis",
        name: str,
        group: str,
        stopped: Callable[[], bool] = lambda: False,
        partition: int | None = None,
        durability: Durability = NOBODY,
        beside: int = MANY,
    ) -> None:
        self._client = client
        self._stopped = stopped
        self.partition = partition
        #: Moves an entry on that belongs into another stream, and says whether it did.
        self.forward: Callable[[str, Content], bool] | None = None
        self.name = self._name = name
        self.group = self._group = group
        self._scripts = Scripts(client, durability=durability)
        #: The newest entry that this reader has handed out or claimed back, and whether
        #: it has waited since, which may have given it one more.
        self._newest = NONE
        self._has_waited = False
        #: Whether the last `read` left nothing unread.
        self.is_read = False
        self.account = StreamAccount(client, name, group)
        self._starts = Starts(self._scripts, name, group, beside)

    def make(self) -> None:
        """Make stream and group; entries from before the group are read too."""
        try:
            self._client.xgroup_create(self._name, self._group, id="0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise
        else:
            self.account.begin()
        # Its entries may begin anew.
        self._newest = NONE

    @property
    def every(self) -> tuple["Stream", ...]:
        """All streams of the ledger, where this is the only one."""
        return (self,)

    def of(self, entry: str) -> "Stream":  # noqa: ARG002 (of one of several)
        """The stream of an entry."""
        return self

    def for_order(self, name: str) -> "Stream":  # noqa: ARG002 (of one of several)
        """The stream for the events of an order, by its name."""
        return self

    def is_beside(self, partition: int) -> bool:
        """Whether a script of that partition may touch it: on a Cluster, its own."""
        return self.forward is None or self.partition == partition

    def named(self, id_: str) -> str:
        """An entry of this stream, by the id that it has in it."""
        return id_ if self.partition is None else f"{id_}.{self.partition}"

    def publish(self, body: bytes) -> str:
        """Add one event; the promise begins with this answer."""
        return self.add(entry_fields.of_event(body))

    def add(self, fields: Fields) -> str:
        """Add an entry of these fields, names that come twice among them."""
        flat = (part for field in fields for part in field)
        # Not `xadd`, which takes a map of fields, and no name twice.
        added = self._scripts.write(("XADD", self._name, "*", *flat))
        return self.named(text(added))

    def read(self, consumer: str, count: int, block_ms: int) -> list[str]:
        """The ids of new entries, which become pending for this consumer.

        Their bytes stay in Redis: nobody knows how many they are.
        """
        ids = self._read(consumer, count)
        if not ids and not self.stays_quiet(consumer, block_ms):
            ids = self._read(consumer, count)
        return ids

    def _read(self, consumer: str, count: int) -> list[str]:
        known = self._newest if self._has_waited else ""
        arguments = (self._group, consumer, count, READ_BYTES, known)
        over, *ids = self._scripts.run(Call("read", self._name, arguments))
        self._has_waited = False
        self.is_read = bool(over)
        found = [text(id_) for id_ in ids]
        self._note(found)
        return list(map(self.named, found))

    def _note(self, ids: Sequence[str]) -> None:
        """What a wait is given comes behind all that this consumer has."""
        self._newest = max([self._newest, *ids], key=entry_fields.position)

    def stays_quiet(self, consumer: str, block_ms: int) -> bool:
        """Whether no entry comes for so long that nobody has read.

        Of the consumers that wait, Redis gives it to one; the next `read` finds it.
        """
        behind = (self._name, self._group, f"({self._newest}", "+", 1, consumer)
        try:
            return not self._wait(consumer, ("XPENDING", *behind), block_ms)
        except ResponseError:
            return False

    def _wait(self, consumer: str, given: Command, block_ms: int) -> Any:
        self._has_waited = True
        group, block = ("GROUP", self._group, consumer), ("BLOCK", block_ms)
        read = ("XREADGROUP", *group, "COUNT", 1, *block, "STREAMS", self._name, ">")
        with node_of(self._client, self._name) as node:
            return wait(node, read, given, block_ms, self._stopped)

    def arrivals(self, consumer: str, count: int, block_ms: int) -> Arrivals | None:
        """What comes in so long a time; None where a read has to find out.

        Of the consumers that wait, Redis gives an entry to one. If it comes alone it is
        started in the same round trip, so that who asks has a thread for it.
        """
        words = (self._group, consumer, count, READ_BYTES, self._newest)
        call = Call("woken", self._name, (*words, STARTED, entry.MAX_BYTES))
        try:
            answer = self._wait(consumer, self._scripts.command(call), block_ms)
        except NoScriptError:
            # Redis has restarted.
            self._scripts.load(call.script)
            return None
        except ResponseError:
            return None
        if answer is None:
            return Arrivals()
        over, found, *begun = answer
        self._has_waited, self.is_read = False, bool(over)
        self._note([text(id_) for id_ in found])
        ids = [self.named(text(id_)) for id_ in found]
        return Arrivals(tuple(ids), self._kept(contents(ids, begun)) if begun else {})

    def start(self, ids: Sequence[str]) -> dict[str, Content | Apart]:
        """Begin to work on pending entries, which counts; all their fields.

        None where an entry is gone, or was acknowledged meanwhile. One that is to be
        begun alone is not begun. Entries that the answer has no room for are left out
        and not begun; one at least is.
        """
        if not ids:
            return {}
        found, alone = self._starts.together(ids)
        return {**self._kept(found), **alone}

    def start_alone(self, id_: str, starts: int) -> dict[str, Content]:
        """Begin to work on one of those while the process works on no other."""
        return self._kept(self._starts.alone(id_, starts))

    def take_back(self, id_: str, starts: int) -> None:
        """Have such a start not count, since its process has outlived it."""
        self._starts.take_back(id_, starts)

    def _kept(self, found: dict[str, Content]) -> dict[str, Content]:
        """What was moved on into the stream that it belongs to is gone from here."""
        forward = self.forward
        if forward is None:
            return found
        return {id_: None if forward(id_, one) else one for id_, one in found.items()}

    def entries(
        self, ids: Sequence[str], most: int = entry.MAX_BYTES
    ) -> dict[str, Content]:
        """Entries of up to so many bytes; the sizes of others."""
        call = Call("entries", self._name, (most, *map(bare, ids)))
        found = self._scripts.run(call)
        return contents(ids, found)

    def acknowledge(self, ids: Sequence[str]) -> None:
        """Take entries that are durable off the pending list; they are settled."""
        self._acknowledge(ids, settled=True)

    def forget(self, ids: Sequence[str]) -> None:
        """Take entries that are gone off the pending list; those were lost."""
        self._acknowledge(ids, settled=False)

    def moved(self, entry: str, to: str, life_ms: int) -> None:
        """Settle an entry that is in another stream now, and note which one it is."""
        mark = keys.decided(keys.home(self._name), entry)
        arguments = (self._group, bare(entry), mark, to, life_ms)
        self._scripts.run(Call("moved", self._name, arguments))

    def _acknowledge(self, ids: Sequence[str], *, settled: bool) -> None:
        if ids:
            arguments: tuple[Argument, ...] = (
                self._group,
                int(settled),
                *map(bare, ids),
            )
            self._scripts.run(Call("acknowledge", self._name, arguments))

    def length(self) -> int:
        return number(self._client.xlen(self._name))

    def pending_count(self) -> int:
        return number(self._client.xpending(self._name, self._group)["pending"])

    def overdue(self, idle_ms: int, count: int) -> list[Pending]:
        """Entries that nobody has acknowledged for `idle_ms`, oldest first."""
        found = self._client.xpending_range(
            self._name, self._group, min="-", max="+", count=count, idle=idle_ms
        )
        return [
            # Redis counts the reading as the first delivery.
            Pending(
                self.named(text(one["message_id"])), number(one["times_delivered"]) - 1
            )
            for one in found
        ]

    def claim_back(self, consumer: str, ids: Sequence[str], idle_ms: int) -> list[str]:
        """Make overdue entries this consumer's; those it got, existing or not.

        An entry that was deleted meanwhile stays pending for ever on Redis 6.2, so
        its id is answered too: admitting finds it gone and acknowledges it.
        """
        if not ids:
            return []
        # JUSTID, with which Redis does not count: handing out is no start.
        got = self._client.xclaim(
            self._name, self._group, consumer, idle_ms, [*map(bare, ids)], justid=True
        )
        self._note([text(id_) for id_ in got])
        claimed = {self.named(text(id_)) for id_ in got}
        there = self.entries([id_ for id_ in ids if id_ not in claimed], most=0)
        return [id_ for id_ in ids if id_ in claimed or there[id_] is None]

    def trim(self) -> int:
        """Drop entries that every group has acknowledged; answers how many."""
        return number(self._scripts.run(Call("trim", self._name, ())))

    def remove_idle_consumers(self, idle_ms: int) -> list[str]:
        """Forget consumers that are gone and hold nothing."""
        call = Call("forget_consumers", self._name, (self._group, idle_ms))
        return [text(name) for name in self._scripts.run(call)]
