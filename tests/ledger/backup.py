"""A ledger that is put back to an earlier moment, while workers and partners go on."""

import copy
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tasks.ledger_values import Claim
from tests.ledger.actions import Actions
from tests.ledger.clock import is_clock
from tests.ledger.partner import Made
from workers.ledger import keys
from workers.redis.answers import octets, text


@dataclass(frozen=True, slots=True)
class Backup:
    """All that Redis held at a moment, and what must hold of it.

    Attributes:
        content: of each key, with the ms that it still had to live, 0 for ever.
        hands: what was so then.
    """

    content: dict[bytes, tuple[bytes, int]]
    actions: Actions


def saved(actions: Actions) -> Backup:
    """What a file of Redis would hold now."""
    client = actions.world.redis
    content = {
        key: (octets(client.dump(key)), max(0, client.pttl(key)))
        for key in client.scan_iter()
        if not is_clock(text(key))
    }
    return Backup(content, _copied(actions))


def put_back(actions: Actions, backup: Backup) -> None:
    """Redis reads the file; the partners' books and workers' hands stay as they are."""
    world, now = actions.world, copy.copy(actions)
    world.redis.flushall()
    world.clock.advance(0)
    for key, (content, life) in backup.content.items():
        world.redis.restore(key, life, content)
    vars(actions).update(vars(_copied(backup.actions)))
    _keep_names(actions, now)
    _remember(actions, now)
    known = {*actions.judge.numbers} | {
        keys.watch_ref("westcon", number) for number in actions.judge.records
    }
    actions.hints = [
        replace(hint, claims=some)
        for hint in now.hints
        if (some := _known(hint.claims, known))
    ]
    actions.made = [_rest(one, known) for one in now.made if one.ref in known]


def _copied(actions: Actions) -> Actions:
    world = actions.world
    outside = (world, world.ledger._stream, world.scripts, world.redis)
    shared = {id(one): one for one in outside}
    return copy.deepcopy(actions, shared)


def _keep_names(actions: Actions, now: Actions) -> None:
    """A name is never given a second time, nor a step of the clock undone."""
    vars(actions)["_named"] = vars(now)["_named"]
    actions.judge.back_ms = now.judge.back_ms


def _remember(actions: Actions, now: Actions) -> None:
    """What arrived since the backup may arrive once more for each time."""
    before = actions.judge.arrived
    for ref, times in now.judge.arrived.items():
        actions.judge.forgotten[ref] += times - before[ref]
    actions.judge.arrived = now.judge.arrived.copy()


def _known(claims: Iterable[Claim], known: set[str]) -> tuple[Claim, ...]:
    return tuple(one for one in claims if one.ref in known)


def _rest(made: Made, known: set[str]) -> Made:
    rest = _known(made.going.rest, known)
    return replace(made, going=replace(made.going, rest=rest))
