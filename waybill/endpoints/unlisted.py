"""Endpoints absent from the settings: who knows them, what waits for them, removal."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.planning.rules import INGRAM_PREFIX
from waybill.connect import Opened
from workers.ledger.audit.actor import Actor
from workers.ledger.endpoints.known import unknown
from workers.ledger.endpoints.unknown import Waiting
from workers.ledger.identity.heartbeats import Heartbeats
from workers.partners.ingram.settings import Ingram


@dataclass(frozen=True, slots=True)
class Unlisted:
    """One such endpoint.

    Attributes:
        known: whether a worker that is alive knows it.
        waiting: what is in its lanes.
    """

    name: str
    known: bool
    waiting: Waiting

    @property
    def word(self) -> str:
        """Its state in a few words."""
        if self.known:
            return "in the settings of workers only"
        return "no living worker knows it"

    @property
    def reasons(self) -> list[str]:
        """Why an operator should act, with what to do."""
        if self.known or not self.waiting.count:
            return []
        forget = f"`waybill endpoints forget {shlex.quote(self.name)}`"
        drop = f"drop what waits for it ({self.waiting}) with {forget}"
        settings = "put it into the workers' settings"
        return [f"no living worker knows {self.name}; {settings}, or {drop}"]


def look(ledger: Opened) -> list[Unlisted]:
    """Those of the roster, and those for which work waits; raises redis.RedisError."""
    own = ledger.settings.of(Ingram).endpoints
    held = [n for n in ledger.destinations() if n.startswith(INGRAM_PREFIX)]
    named = ledger.parts.rosters.everyone()
    named |= {destination.removeprefix(INGRAM_PREFIX) for destination in held}
    names = sorted(named.difference(own))
    nobodys = set(nobody_knows(ledger, names))
    waiting = ledger.parts.unknown.waiting
    return [Unlisted(name, name not in nobodys, waiting(name)) for name in names]


def nobody_knows(ledger: Opened, names: Sequence[str]) -> list[str]:
    """Those that no living worker knows; raises redis.RedisError."""
    workers = Heartbeats(ledger.client).alive()
    return unknown(ledger.client, workers, names, ledger.settings.of(Ingram).endpoints)


def row(one: Unlisted) -> tuple[str, ...]:
    """A row of the table of endpoints."""
    return one.name, "", "", one.word, str(one.waiting), "", ""


def document(one: Unlisted, like: Sequence[str]) -> dict[str, object]:
    """The object of `list --json`, with the names that an endpoint's object has."""
    known: dict[str, object] = {
        "name": one.name,
        "waiting": one.waiting.count,
        "why": one.word,
        "reasons": one.reasons,
    }
    return {name: known.get(name) for name in like}


@dataclass(frozen=True, slots=True)
class Leavings:
    """What an endpoint has left.

    Attributes:
        listed: whether it is in the roster.
        waiting: notifications in its lanes.
        dead: the ids of its dead letters.
    """

    listed: bool
    waiting: Waiting
    dead: Sequence[str]

    @property
    def nothing(self) -> bool:
        return not (self.listed or self.waiting.count or self.dead)

    def __str__(self) -> str:
        return f"waiting notifications: {self.waiting}, dead letters: {len(self.dead)}"


def leavings(ledger: Opened, name: str) -> Leavings:
    """Look, and change nothing; raises redis.RedisError."""
    destination, parts = INGRAM_PREFIX + name, ledger.parts
    letters = parts.dead_letters.all()
    dead = [one.id for one in letters if one.destination == destination]
    listed = name in parts.rosters.everyone()
    return Leavings(listed, parts.unknown.waiting(name), dead)


def forget(ledger: Opened, name: str, by: Actor) -> int:
    """Discard it all; how many notifications. Raises redis.RedisError.

    Dead letters first: one that holds its lane lets go what waits behind it.
    """
    parts, discarded = ledger.parts, 0
    for id_ in leavings(ledger, name).dead:
        discarded += parts.dead_letters.discard(id_, by) == "discarded"
    discarded += parts.unknown.forget(name, by)
    parts.endpoints.enable(name, by)
    return discarded
