"""Outcome of a few letters that are replayed before all others."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import redis

from serializers.events.entry_fields import bare, position
from workers.ledger import keys
from workers.ledger.letters.acts import Replayed
from workers.ledger.stream.streams import AnyStream
from workers.ledger.watch_hashes import hashes
from workers.redis.answers import number, text

#: Seconds between two looks.
LOOK: Final = 0.2


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a replayed letter.

    Attributes:
        state: of its item, "" where there is none any more.
        attempts: begun since it was replayed; of a watch, since a look that worked.
        code: of the last that failed.
        looked: whether a watch has been looked at since.
    """

    state: str = ""
    attempts: int = 0
    code: str = ""
    looked: bool = False


def verdict(ref: str, seen: Seen) -> str:
    """How it went: `done`, `failed` or "" for not known yet.

    An attempt that comes again has failed, too: whatever else is like it would fail.
    An item that is known no more has ended; of an event its entry decides.
    """
    if ref.startswith(keys.EVENT_PREFIX):
        return ""
    if seen.state == "dead":
        return "failed"
    if seen.state in {"done", "superseded", ""}:
        return "done"
    if seen.code and seen.attempts:
        return "failed"
    if keys.watched(ref) and seen.looked:
        return "done"
    return ""


class Canary:
    """Letters that were replayed, followed until each has an outcome.

    Args:
        client: of the ledger.
        streams: of the ledger.
        partitions: of the ledger.
    """

    def __init__(
        self, client: "redis.Redis", streams: AnyStream, partitions: int
    ) -> None:
        self._client = client
        self._streams = streams
        self._partitions = partitions

    def outcomes(
        self,
        sent: Mapping[str, Replayed],
        since_ms: int,
        seconds: float,
        sleep: Callable[[float], object] = time.sleep,
    ) -> dict[str, str]:
        """The verdict on each; those that have none in so many seconds are "".

        Args:
            sent: what was answered to each replay, by id.
            since_ms: UTC ms by Redis' clock at which the first was replayed.
            seconds: of waiting at most.
            sleep: waits so long.

        Raises:
            redis.RedisError: Redis does not answer.
        """
        found = dict.fromkeys(sent, "")
        ends = time.monotonic() + seconds
        while True:
            for id_, word in found.items():
                if not word:
                    found[id_] = self._verdict(id_, sent[id_], since_ms)
            if "failed" in found.values() or all(found.values()):
                return found
            if time.monotonic() >= ends:
                return found
            sleep(LOOK)

    def _verdict(self, id_: str, sent: Replayed, since_ms: int) -> str:
        if sent.entry:
            return self._of_event(sent.entry)
        return verdict(id_, self._seen(id_, since_ms))

    def _seen(self, ref: str, since_ms: int) -> Seen:
        for partition in range(self._partitions):
            root = keys.prefix(partition)
            key = hashes(self._client, root, [ref])[ref]
            names = ("state", "tries", "code", "looked")
            state, tries, code, looked = map(text, self._client.hmget(key, names))
            if state:
                return Seen(state, number(tries), code, number(looked) >= since_ms)
        return Seen()

    def _of_event(self, entry: str) -> str:
        # First, since it is a dead letter no later than it is settled.
        settled = self._is_settled(entry)
        ref = keys.event_ref(entry)
        roots = map(keys.prefix, range(self._partitions))
        if any(self._client.zscore(keys.dead(root), ref) is not None for root in roots):
            return "failed"
        if not settled:
            return ""
        moved = self._moved(entry)
        return self._of_event(moved) if moved else "done"

    def _moved(self, entry: str) -> str:
        """The entry in whose place it is, in the stream of its partition, or ""."""
        root = keys.home(self._streams.of(entry).name)
        _, _, after = text(self._client.get(keys.decided(root, entry))).partition(" ")
        word, _, there = after.partition(" ")
        return there if word == "moved" else ""

    def _is_settled(self, entry: str) -> bool:
        """Whether the group has read and acknowledged it."""
        own, id_ = self._streams.of(entry), bare(entry)
        groups = self._client.xinfo_groups(own.name)
        known = {text(one["name"]): text(one["last-delivered-id"]) for one in groups}
        if position(known.get(own.group, "0-0")) < position(entry):
            return False
        return not self._client.xpending_range(own.name, own.group, id_, id_, 1)
