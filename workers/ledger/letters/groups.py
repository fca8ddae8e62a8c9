"""Groups of dead letters that failed alike, counted inside Redis a page at a time."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from serializers.failure_cause import cause_of
from workers.ledger import keys
from workers.ledger.scripts import Call, Scripts
from workers.ledger.views.order_items import kind_word
from workers.redis.answers import number, text

#: Letters that one run of the script reads: some ms of Redis' time.
PAGE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Window:
    """Which dead letters are read at all.

    Attributes:
        since_ms: UTC ms from which they were given up.
        until_ms: UTC ms up to which, None for any.
        order: the name of their order, "" for any.
        beginning: what its name may begin with instead, "" for nothing.
    """

    since_ms: int = 0
    until_ms: int | None = None
    order: str = ""
    beginning: str = ""


#: All of them.
EVERY: Final = Window()


@dataclass(frozen=True, slots=True)
class LetterGroup:
    """Dead letters of one kind, destination and cause.

    Attributes:
        fingerprint: names the group; see `fingerprint`.
        cause: what they have in common, in words.
        code: of the newest: of one cause there may be several.
        count: how many there are.
        oldest_ms: UTC ms at which the first was given up.
        newest_ms: UTC ms at which the last was.
        example: the newest's id.
        reason: the newest's.
        refs: all their ids, each with its UTC ms, where they were asked for.
    """

    fingerprint: str
    kind: str
    destination: str
    cause: str
    code: str
    count: int
    oldest_ms: int
    newest_ms: int
    example: str
    reason: str
    refs: tuple[tuple[str, int], ...] = ()


def fingerprint(kind: str, destination: str, cause: str) -> str:
    """Twelve hex characters that alike failures share."""
    alike = f"{kind}\n{destination}\n{cause}".encode(errors="backslashreplace")
    return hashlib.sha256(alike).hexdigest()[:12]


def pages(
    scripts: Scripts, partition: int, window: Window, *, refs: bool = False
) -> Iterator[list[LetterGroup]]:
    """What each page of a partition holds, the oldest letters first.

    Of one fingerprint there may be several: their codes or texts differ.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    root = keys.prefix(partition)
    start: Any = window.since_ms
    skipped: Any = 0
    until = "+inf" if window.until_ms is None else window.until_ms
    while start != b"":
        arguments = (start, skipped, until, PAGE, window.order, window.beginning)
        call = Call("letter_groups", root, (*arguments, int(refs)))
        (start, skipped), *found = scripts.run(call)
        yield list(map(_group, found))


def joined(groups: Iterable[LetterGroup]) -> list[LetterGroup]:
    """One group for each fingerprint, in the order in which they come."""
    known: dict[str, LetterGroup] = {}
    for one in groups:
        other = known.get(one.fingerprint)
        known[one.fingerprint] = one if other is None else _together(other, one)
    return list(known.values())


def groups_of(
    scripts: Scripts,
    partitions: int,
    window: Window,
    wanted: Callable[[LetterGroup], bool],
) -> Sequence[LetterGroup]:
    """The groups that are wanted, the largest first; raises redis.RedisError."""
    each = (
        group
        for partition in range(partitions)
        for page in pages(scripts, partition, window)
        for group in filter(wanted, page)
    )
    return sorted(joined(each), key=lambda one: (-one.count, one.oldest_ms))


def _group(answer: Sequence[Any]) -> LetterGroup:
    kind, destination = kind_word(answer[0]), text(answer[1])
    code, shortened = text(answer[2]), text(answer[3])
    cause = cause_of(code, shortened)
    refs = answer[9]
    return LetterGroup(
        fingerprint(kind, destination, cause),
        kind,
        destination,
        cause,
        code,
        number(answer[4]),
        number(answer[5]),
        number(answer[6]),
        text(answer[7]),
        text(answer[8]),
        tuple(zip(map(text, refs[0::2]), map(number, refs[1::2]), strict=True)),
    )


def _together(one: LetterGroup, other: LetterGroup) -> LetterGroup:
    newest = max(one, other, key=lambda group: group.newest_ms)
    return replace(
        newest,
        count=one.count + other.count,
        oldest_ms=min(one.oldest_ms, other.oldest_ms),
        refs=one.refs + other.refs,
    )
