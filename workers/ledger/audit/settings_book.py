"""Settings of the worker that started last: what differs from them has its entry."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from workers.ledger import keys
from workers.ledger.audit.actor import Actor, Deed
from workers.ledger.scripts import Call, Scripts
from workers.redis.answers import text

#: Names that an entry has of what is many.
MOST: Final = 20


@dataclass(frozen=True, slots=True)
class KnownSettings:
    """What is kept of settings; no secret can be learnt from it.

    Attributes:
        endpoints: their names.
        secrets: a digest of each, by its name.
        keyed: names the key with which those were made, "" without one.
    """

    endpoints: Sequence[str]
    secrets: Mapping[str, str] = field(repr=False)
    keyed: str = ""

    def packed(self) -> str:
        """It as it is kept; equal ones have equal texts."""
        known = {
            "endpoints": sorted(self.endpoints),
            "secrets": self.secrets,
            "keyed": self.keyed,
        }
        return json.dumps(known, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs; names in their order."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.secrets)

    def facts(self) -> dict[str, object]:
        """It as an entry and a log have it: how many, and the first names."""
        named = (
            ("endpoints_added", self.added),
            ("endpoints_removed", self.removed),
            ("secrets_changed", self.secrets),
        )
        found: dict[str, object] = {}
        for name, ones in named:
            if ones:
                found[name] = ", ".join(ones[:MOST])
                found[f"{name}_count"] = len(ones)
        return found


def unpacked(kept: str) -> KnownSettings | None:
    """What `packed` has made; None for what is nothing of the kind."""
    try:
        value = json.loads(kept)
        secrets = {str(name): str(one) for name, one in value["secrets"].items()}
        names = tuple(map(str, value["endpoints"]))
        return KnownSettings(names, secrets, str(value["keyed"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def difference(before: KnownSettings, after: KnownSettings) -> Difference:
    """What a person has changed between the two.

    Secrets whose digests were made with different keys cannot be compared.
    """
    old, new = set(before.endpoints), set(after.endpoints)
    changed: set[str] = set()
    if before.keyed == after.keyed:
        pairs = before.secrets.items() ^ after.secrets.items()
        changed = {name for name, _ in pairs}
    return Difference(
        tuple(sorted(new - old)), tuple(sorted(old - new)), tuple(sorted(changed))
    )


def notice(scripts: Scripts, now: KnownSettings, by: Actor) -> Difference:
    """Keep what a worker starts with; what differs from before has its entry.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    while True:
        kept = text(scripts.client.get(keys.settings(keys.prefix(0))))
        mine = now.packed()
        if kept == mine:
            return Difference()
        before = unpacked(kept)
        found = difference(before, now) if before else Difference()
        call = Call("settings_note", keys.prefix(0), (kept, mine))
        if _answer(scripts, call, by, found) != "moved":
            return found


def _answer(scripts: Scripts, call: Call, by: Actor, found: Difference) -> str:
    answer: Any
    if found:
        deed = Deed("settings.changed", "settings", "changed", facts=found.facts())
        answer = by.run_act(scripts, call, deed)
    else:
        answer = scripts.run(call)
    return text(answer)
