"""Replaying and discarding many dead letters: what would be, and doing it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from waybill.console import iso
from waybill.dead_letters.selection import Filters
from workers.ledger.audit.actor import Actor
from workers.ledger.dead_letters import DeadLetter, DeadLetters
from workers.ledger.letters.acts import Replayed

#: A letter that was replayed so often before is replayed only when that is asked for.
MOST: Final = 2
#: Letters that are asked about at once.
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """What an act would do; the members of `--dry-run --json`.

    Attributes:
        count: letters that are meant.
        destinations: how many of them for each; "" counts events.
        oldest: when the oldest was given up, None without any.
        superseded: links of which a newer one waits or was delivered: they would be
            refused.
        again: letters that would be left: they were replayed twice before.
    """

    count: int
    destinations: Mapping[str, int]
    oldest: str | None
    superseded: tuple[str, ...] = ()
    again: tuple[str, ...] = ()


def plan_replay(
    letters: DeadLetters,
    filters: Filters,
    most: int | None = None,
    *,
    again: bool = False,
) -> Plan:
    """What a replay of the letters that are meant would do; nothing is changed.

    Args:
        letters: of the ledger.
        filters: which are meant.
        most: of them, the oldest; None for all.
        again: also those that were replayed twice before, as in `replay`.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    found = _found(letters, filters, most)
    often = 0 if again else MOST
    answers: dict[str, str] = {}
    ids = [one.id for one in found]
    for n in range(0, len(ids), _AT_ONCE):
        some = ids[n : n + _AT_ONCE]
        answers |= zip(some, letters.would_replay(some, often), strict=True)
    refused = tuple(id_ for id_, word in answers.items() if word == "refused")
    left = tuple(id_ for id_, word in answers.items() if word == "again")
    return _plan(found, refused, left)


def plan_discard(
    letters: DeadLetters, filters: Filters, most: int | None = None
) -> Plan:
    """What a discard would take away, as in `plan_replay`; nothing is changed.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    return _plan(_found(letters, filters, most))


def _plan(
    found: Iterable[DeadLetter],
    refused: tuple[str, ...] = (),
    again: tuple[str, ...] = (),
) -> Plan:
    found = list(found)
    oldest = min((one.at_ms for one in found), default=None)
    return Plan(
        count=len(found),
        destinations=dict(Counter(one.destination or "" for one in found)),
        oldest=None if oldest is None else iso(oldest),
        superseded=refused,
        again=again,
    )


def meant(letters: DeadLetters, filters: Filters, most: int | None = None) -> list[str]:
    """Ids of the letters that are meant, the oldest first; raises redis.RedisError."""
    return [one.id for one in _found(letters, filters, most)]


def _found(
    letters: DeadLetters, filters: Filters, most: int | None
) -> list[DeadLetter]:
    found = letters.chosen(filters.window, filters.admit, most)
    return sorted(found, key=lambda letter: letter.at_ms)[:most]


def replay(
    letters: DeadLetters,
    ids: Iterable[str],
    by: Actor,
    pause: Callable[[], object] = lambda: None,
    *,
    again: bool = False,
) -> Iterator[tuple[str, Replayed]]:
    """Replay one after the other; each is done, with its entry, when it is answered.

    Args:
        letters: of the ledger.
        ids: which, prefix and all.
        by: who acts.
        pause: waits between two.
        again: also those that were replayed twice before.

    Raises:
        redis.RedisError: Redis does not answer; what was done is done.
    """
    for n, id_ in enumerate(ids):
        if n:
            pause()
        yield id_, letters.send(id_, by, most=0 if again else MOST)


def discard(
    letters: DeadLetters,
    ids: Iterable[str],
    by: Actor,
    pause: Callable[[], object] = lambda: None,
) -> Iterator[tuple[str, str]]:
    """The same for discarding; the words of `LetterActs.discard`."""
    for n, id_ in enumerate(ids):
        if n:
            pause()
        yield id_, letters.discard(id_, by)


def split(
    letters: DeadLetters, ids: Sequence[str], few: int, most: int
) -> tuple[list[str], list[str]]:
    """The first few that a replay would send, and all others.

    What it would leave as it is can say nothing about the others.

    Args:
        letters: of the ledger.
        ids: of letters.
        few: how many go first; fewer, where no more would be sent.
        most: how often one may have been replayed before, 0 for any number.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    first = dict.fromkeys(islice(_sent(letters, ids, most), few) if few else ())
    return list(first), [id_ for id_ in ids if id_ not in first]


def _sent(letters: DeadLetters, ids: Sequence[str], most: int) -> Iterator[str]:
    """Those which a replay would send."""
    for n in range(0, len(ids), _AT_ONCE):
        some = ids[n : n + _AT_ONCE]
        words = letters.would_replay(some, most)
        yield from (
            id_ for id_, word in zip(some, words, strict=True) if word == "would"
        )
