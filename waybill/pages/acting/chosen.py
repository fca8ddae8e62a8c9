"""Dead letters that an act is meant for: one by its id, or some by filters."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from starlette.exceptions import HTTPException

from waybill.connect import now_ms
from waybill.console import iso
from waybill.dead_letters import acts
from waybill.dead_letters.acts import Plan
from waybill.dead_letters.selection import Filters
from waybill.pages.reading.dead_letters import asked, fields_of, letter_of
from waybill.pages.visit import Visit
from workers.ledger.dead_letters import DeadLetters, WholeLetter

#: Letters that one request acts on at most: about a second of Redis' time.
MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which letters are meant.

    Attributes:
        letter: the one, None where filters name them.
        filters: those that were given up until they were shown.
        until: UTC ms of that, as text.
    """

    letter: WholeLetter | None
    filters: Filters
    until: str

    @property
    def fields(self) -> dict[str, str]:
        """The same as a form's fields."""
        if self.letter:
            return {"id": self.letter.id, "until": self.until}
        return fields_of(self.filters) | {"until": self.until}

    @property
    def facts(self) -> Mapping[str, str]:
        """What the audit has of it."""
        return {} if self.letter else {"filters": self.filters.text()}

    def count(self, letters: DeadLetters) -> int:
        """How many there are; raises redis.RedisError."""
        if self.letter:
            return 1
        groups = letters.groups(self.filters.window, self.filters.admit)
        return sum(group.count for group in groups)

    def ids(self, letters: DeadLetters, most: int) -> list[str]:
        """Their ids, the oldest first; raises redis.RedisError."""
        if self.letter:
            return [self.letter.id]
        return acts.meant(letters, self.filters, most)

    def replay(self, letters: DeadLetters) -> Plan:
        """What a replay would do; raises redis.RedisError."""
        if self.letter is None:
            return acts.plan_replay(letters, self.filters, MOST)
        id_ = self.letter.id
        (word,) = letters.would_replay([id_], acts.MOST)
        refused, again = ((id_,) * (word == one) for one in ("refused", "again"))
        return replace(_plan_of(self.letter), superseded=refused, again=again)

    def discard(self, letters: DeadLetters) -> Plan:
        """What a discard would; raises redis.RedisError."""
        if self.letter is None:
            return acts.plan_discard(letters, self.filters, MOST)
        return _plan_of(self.letter)


def chosen(visit: Visit) -> Chosen:
    """Which are meant.

    Raises:
        HTTPException: none is named, or the one is none any more.
        redis.RedisError: Redis does not answer.
    """
    until = visit.asked("until", 15)
    if not (until.isascii() and until.isdecimal()):
        until = str(now_ms(visit.site.client))
    if id_ := visit.asked("id", 1024):
        letter = letter_of(visit, id_)
        # It was replayed since it was shown, and was given up again: another failure.
        latest = max(int(until), letter.at_ms)
        return Chosen(letter, Filters(), str(latest))
    filters = asked(visit)
    if not filters.text():
        raise HTTPException(400, "no dead letter is named: choose a group, or a letter")
    return Chosen(None, replace(filters, older_ms=int(until)), until)


def _plan_of(letter: WholeLetter) -> Plan:
    return Plan(1, {letter.destination or "": 1}, iso(letter.at_ms))
