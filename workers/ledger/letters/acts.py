"""Acts on dead letters: each is replayed or discarded by one script, with its entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import redis

from serializers.events import entry, entry_fields
from workers.ledger import entry_letter, keys
from workers.ledger.audit.actor import Actor, Deed, run
from workers.ledger.retention import Retention
from workers.ledger.scripts import Call, Scripts
from workers.ledger.stream.reader import Stream
from workers.ledger.stream.repair import RepairMark, add_once
from workers.ledger.stream.streams import AnyStream
from workers.redis.answers import text

#: Letters that are asked about in one round trip.
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to.

    Attributes:
        word: `replayed`; `refused` for a link when a newer one waits or was delivered;
            `again` when it was replayed as often as it may; `not_dead` or `gone` when
            there is nothing to replay.
        entry: the stream's entry that brings an event again, "" for others and for
            a repair's.
    """

    word: str
    entry: str = ""


class LetterActs:
    """What is done with dead letters; every method raises redis.RedisError."""

    def __init__(
        self,
        client: "redis.Redis",
        scripts: Scripts,
        stream: AnyStream,
        retention: Retention,
        partitions: int = 1,
    ) -> None:
        self._client = client
        self._scripts = scripts
        self._stream = stream
        self._retention = retention
        self._partitions = partitions

    def replay(
        self, id_: str, by: Actor | None = None, mark: RepairMark | None = None
    ) -> str:
        """Send it on its way again, however often it was: the word of `send`."""
        return self.send(id_, by, mark=mark).word

    def send(
        self,
        id_: str,
        by: Actor | None = None,
        *,
        most: int = 0,
        mark: RepairMark | None = None,
    ) -> Replayed:
        """Send it on its way again, once per request.

        Args:
            id_: of the letter.
            by: who does it.
            most: how often it may have been replayed before, 0 for any number.
            mark: of the repair that this is; it is made once, even where the letter
                has come back since.
        """
        for partition in range(self._partitions):
            root = keys.prefix(partition)
            deed = self._deed("replayed", "replayed", root, id_, by)
            call = self._replay_call(root, id_, most, mark=mark)
            answer = run(self._scripts, call, by, deed)
            word, *added = map(text, answer)
            if word == "event":
                return self._replay_event(root, id_, by, mark)
            if word != "gone":
                own = self._stream_of(id_)
                return Replayed(word, *map(own.named, added))
        return Replayed("gone")

    def would_replay(self, ids: Sequence[str], most: int = 0) -> list[str]:
        """What `send` would answer, `would` for `replayed`; nothing is changed."""
        answers = ["gone"] * len(ids)
        for partition in range(self._partitions):
            root = keys.prefix(partition)
            calls = [self._replay_call(root, id_, most, dry=True) for id_ in ids]
            for n in range(0, len(calls), _AT_ONCE):
                some = self._scripts.run_all(calls[n : n + _AT_ONCE])
                for place, answer in enumerate(some, n):
                    word = text(answer[0])
                    answers[place] = answers[place] if word == "gone" else word
        return answers

    def _deed(
        self, what: str, done: str, root: str, id_: str, by: Actor | None
    ) -> Deed:
        """Its entry names the order too, by which people look for it."""
        facts = {"order": self._order_of(root, id_)} if by else {}
        return Deed(f"dead_letter.{what}", id_, done, id_, facts=facts)

    def _order_of(self, root: str, id_: str) -> str:
        """The number of a letter's order, "" where none can be read."""
        if place := keys.watched(id_):
            return place[1]
        key = keys.item(root, id_)
        if not id_.startswith(keys.EVENT_PREFIX):
            return text(self._client.hget(key, "order"))
        kept = ("payload", "fields")
        held = zip(kept, self._client.hmget(key, kept), strict=True)
        fields = entry_letter.read({name: one for name, one in held if one})
        return entry.named(fields)[2]

    def _stream_of(self, id_: str) -> Stream:
        """The stream into which an event's letter goes back."""
        return self._stream.of(id_.removeprefix(keys.EVENT_PREFIX))

    def _replay_call(
        self,
        root: str,
        id_: str,
        most: int,
        *,
        dry: bool = False,
        mark: RepairMark | None = None,
    ) -> Call:
        retention, stream = self._retention, self._stream_of(id_).name
        known = (id_, retention.timeline, stream, most, int(dry), retention.dedup)
        return Call("replay", root, (*known, *(mark.arguments if mark else ())))

    def _replay_event(
        self, root: str, id_: str, by: Actor | None, mark: RepairMark | None
    ) -> Replayed:
        """Publish an event of more fields than a script can hand on, or of a repair.

        A crash in between repeats it, and dedup knows it; a repair's mark too.
        """
        kept = self._client.hgetall(keys.item(root, id_))
        fields = entry_letter.read({text(name): v for name, v in kept.items()})
        if not fields:
            return Replayed("gone")
        before, stream = id_.removeprefix(keys.EVENT_PREFIX), self._stream_of(id_)
        again = entry_fields.replayed(fields, before)
        done = Replayed("replayed")
        if mark is None:
            done = Replayed("replayed", stream.add(again))
        elif not add_once(self._scripts, stream.name, mark, again, by):
            done = Replayed("known")
        self._discarded(id_, "replayed", by)
        return done

    def discard(self, id_: str, by: Actor | None = None) -> str:
        """Forget it: `discarded`, `not_dead` or `gone`."""
        return self._discarded(id_, "discarded", by)

    def _discarded(self, id_: str, what: str, by: Actor | None) -> str:
        """Take it away, which a person has decided, or who has published it again."""
        retention = self._retention
        arguments = (
            id_,
            retention.order_retention,
            retention.delivery_retention,
            retention.timeline,
            what,
            retention.dedup,
        )
        for partition in range(self._partitions):
            root = keys.prefix(partition)
            call = Call("discard", root, arguments)
            deed = self._deed(what, "discarded", root, id_, by)
            answer = text(run(self._scripts, call, by, deed))
            if answer != "gone":
                return answer
        return "gone"
