"""Marks of repairs, and entries that a repair adds to the stream, each once."""

from dataclasses import dataclass, replace
from typing import Final

from serializers.events.entry_fields import Fields
from workers.ledger import keys
from workers.ledger.audit.actor import Actor, Deed, run
from workers.ledger.scripts import Argument, Call, Scripts
from workers.redis.answers import text


@dataclass(frozen=True, slots=True)
class RepairMark:
    """What a repair leaves in the script that makes it.

    Attributes:
        repair: its id.
        plan: the digest of the plan that had it.
        life_ms: how long the mark lives.
        entry: of the order's timeline.
        act: by which it is counted, "" for what is no repair of a reconciliation.
    """

    repair: str
    plan: str
    life_ms: int
    entry: bytes
    act: str = ""

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """As scripts take them."""
        return self.repair, self.plan, self.life_ms, self.entry


#: What a repair does that publishes an event.
PUBLISHED: Final = Deed("event.published", "stream")


def add_once(
    scripts: Scripts,
    stream: str,
    mark: RepairMark,
    fields: Fields,
    by: Actor | None = None,
    deed: Deed = PUBLISHED,
) -> bool:
    """Add an entry unless this repair has added it before; whether it was added.

    Raises:
        redis.RedisError: Redis does not answer; asked again it is added once.
    """
    counted = (mark.repair, mark.plan, mark.life_ms, mark.act)
    arguments: list[Argument] = [stream, *counted]
    arguments += (part for field in fields for part in field)
    call = Call("repair_add", keys.home(stream), tuple(arguments))
    stated = replace(deed, done="made", facts={"repair": mark.repair})
    return text(run(scripts, call, by, stated)) == "made"


def is_added(scripts: Scripts, stream: str, repair: str) -> bool:
    """Whether this repair has added its entry; raises redis.RedisError."""
    return bool(scripts.client.exists(keys.repair_added(stream, repair)))
