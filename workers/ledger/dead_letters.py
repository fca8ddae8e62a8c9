"""Dead letters: lists what was given up, replays or discards it."""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from redis.exceptions import ResponseError

from serializers.events import entry_fields
from serializers.events.entry_fields import Fields
from serializers.failure_cause import cause_of
from tasks.ledger_values import Kind
from workers.ledger import entry_letter, keys
from workers.ledger.letters.acts import LetterActs
from workers.ledger.letters.groups import (
    EVERY,
    LetterGroup,
    Window,
    fingerprint,
    groups_of,
    pages,
)
from workers.ledger.views.order_items import kind_word
from workers.ledger.watch_hashes import hashes
from workers.redis.answers import number, octets, text


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One event or item that was given up.

    Attributes:
        id: what `waybill dead-letters` calls it: the item's ref.
        kind: event, watch, link or notification.
        order: the order's number, None for an event that could not be read.
        destination: where it would have gone, None for an event.
        reason: why it was given up.
        fingerprint: equal for letters of the same kind, destination and cause.
        attempts: how many attempts had begun.
        at_ms: UTC ms when it was given up.
        earlier: whether the order's number has been used again since it was made.
        corrected: what was sent in its place, "" for nothing.
    """

    id: str
    kind: str
    order: str | None
    destination: str | None
    reason: str
    fingerprint: str
    attempts: int
    at_ms: int
    earlier: bool = field(default=False, kw_only=True)
    corrected: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class WholeLetter(DeadLetter):
    """A dead letter with all that it keeps, of which nobody knows how much it is.

    Attributes:
        payload: the event's bytes or the delivery's payload; empty for a watch, and
            for an entry without the field `event` or with several.
        history: a line for each try: ms, outcome, how it was answered.
        fields: all that an event's entry held, as it stood in the stream.
        code: of its last attempt, as `http_422`.
    """

    payload: bytes
    history: tuple[str, ...]
    fields: Fields = ()
    code: str = ""


#: What is read of letters that are listed: no event, however large.
_LISTED = (
    *("kind", "destination", "order", "why", "tries", "seq", "state"),
    "corrected",
)

#: Letters that are read in one round trip.
_AT_ONCE = 500


class DeadLetters(LetterActs):
    """All dead letters of the ledger, and what is done with them.

    Every method raises redis.RedisError.
    """

    def count(self) -> int:
        pipeline = self._client.pipeline(transaction=False)
        for partition in range(self._partitions):
            pipeline.zcard(keys.dead(keys.prefix(partition)))
        return sum(pipeline.execute())

    def all(self) -> Iterator[DeadLetter]:
        """Every dead letter, the oldest of each partition first, without its bytes."""
        return self.chosen(EVERY, lambda _: True)

    def groups(
        self,
        window: Window = EVERY,
        wanted: Callable[[LetterGroup], bool] = lambda _: True,
    ) -> Sequence[LetterGroup]:
        """What failed alike, the largest group first."""
        return groups_of(self._scripts, self._partitions, window, wanted)

    def chosen(
        self,
        window: Window,
        wanted: Callable[[LetterGroup], bool],
        most: int | None = None,
    ) -> Iterator[DeadLetter]:
        """The letters of the groups that are wanted, as `all` gives them.

        Args:
            window: which are read.
            wanted: whether those of a group are meant.
            most: of each partition, the oldest; None for all.
        """
        for partition in range(self._partitions):
            yield from islice(self._chosen(partition, window, wanted), most)

    def _chosen(
        self, partition: int, window: Window, wanted: Callable[[LetterGroup], bool]
    ) -> Iterator[DeadLetter]:
        root = keys.prefix(partition)
        for page in pages(self._scripts, partition, window, refs=True):
            marks = {
                ref: (at_ms, group.fingerprint)
                for group in filter(wanted, page)
                for ref, at_ms in group.refs
            }
            refs = sorted(marks, key=lambda ref: (marks[ref][0], ref))
            for n in range(0, len(refs), _AT_ONCE):
                yield from self._listed(root, refs[n : n + _AT_ONCE], marks)

    def _listed(
        self, root: str, refs: Sequence[str], marks: Mapping[str, tuple[int, str]]
    ) -> Iterator[DeadLetter]:
        kept = hashes(self._client, root, refs)
        pipeline = self._client.pipeline(transaction=False)
        for ref in refs:
            pipeline.hmget(kept[ref], _LISTED)
        items: list[dict[str, object]] = [
            dict(zip(_LISTED, values, strict=True)) for values in pipeline.execute()
        ]
        for item in items:
            pipeline.hget(keys.order(root, text(item["order"])), "anew")
        anew = pipeline.execute(raise_on_error=False)
        for ref, item, version in zip(refs, items, anew, strict=True):
            item["anew"] = None if isinstance(version, Exception) else version
            if item["state"] is not None:
                at_ms, mark = marks[ref]
                yield DeadLetter(**_summary(ref, item, at_ms), fingerprint=mark)

    def has(self, id_: str) -> bool:
        """Whether there is a dead letter of this id."""
        return self._place(id_) is not None

    def find(self, id_: str) -> WholeLetter | None:
        """The dead letter of this id, None when there is none."""
        place = self._place(id_)
        if place is None:
            return None
        raw = self._client.hgetall(hashes(self._client, place[0], [id_])[id_])
        if not raw:
            return None
        item: dict[str, object] = {text(name): value for name, value in raw.items()}
        fields = entry_letter.read(item) if id_.startswith(keys.EVENT_PREFIX) else ()
        order = keys.order(place[0], text(item.get("order")))
        with contextlib.suppress(ResponseError):
            item["anew"] = self._client.hget(order, "anew")
        summary = _summary(id_, item, place[1])
        return WholeLetter(
            **summary,
            fingerprint=_fingerprint(summary, item),
            payload=_payload(item, fields),
            history=tuple(text(item.get("history")).splitlines()),
            fields=fields,
            code=text(item.get("code")),
        )

    def _place(self, id_: str) -> tuple[str, int] | None:
        """The prefix of its partition, and when it was given up."""
        for partition in range(self._partitions):
            root = keys.prefix(partition)
            at_ms = self._client.zscore(keys.dead(root), id_)
            if at_ms is not None:
                return root, number(at_ms)
        return None


def _summary(ref: str, item: Mapping[str, object], at_ms: int) -> dict[str, Any]:
    kind, destination = kind_word(item.get("kind")), text(item.get("destination"))
    order = text(item.get("order"))
    if place := keys.watched(ref):
        kind, order = "watch", place[1]
    return {
        "id": ref,
        "kind": kind,
        "order": order or None,
        "destination": destination or None,
        "reason": text(item.get("why")),
        "attempts": number(item.get("tries")),
        "at_ms": at_ms,
        "corrected": text(item.get("corrected")),
        "earlier": 0 < number(item.get("seq")) < number(item.get("anew")),
    }


def _payload(item: Mapping[str, object], fields: Fields) -> bytes:
    return entry_fields.payload(fields) if fields else octets(item.get("payload"))


def _fingerprint(summary: Mapping[str, Any], item: Mapping[str, object]) -> str:
    """Worked out when a letter is read, so that those of older releases have it too."""
    link = summary["kind"] == Kind.LINK
    texts = _texts(octets(item.get("payload"))) if link else ()
    own = (summary["order"] or "", *texts)
    cause = cause_of(text(item.get("code")), summary["reason"], own)
    return fingerprint(summary["kind"], summary["destination"] or "", cause)


def _texts(payload: bytes) -> tuple[str, ...]:
    """The texts of a link's payload, which is a short list of them."""
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return ()
    texts = value if isinstance(value, list) else ()
    return tuple(one for one in texts if isinstance(one, str))
