"""What the audit knows of a letter that is none any more: who decided, and when."""

from collections.abc import Container, Iterable, Mapping
from typing import Final

import redis

from serializers.audit.entry import AuditEntry
from waybill.console import moment
from workers.ledger.audit.reader import AuditReader

#: Newest entries of each partition's audit that are looked at for a letter's.
LOOKED: Final = 5_000

#: Acts after which a letter is none any more.
_DONE: Final[Mapping[str, str]] = {
    "dead_letter.replayed": "replayed",
    "dead_letter.discarded": "discarded",
}


def last_act(
    client: "redis.Redis", partitions: int, id_: str, what: Container[str]
) -> AuditEntry | None:
    """The last of these acts on it, as far as the audit's newest entries know.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    return AuditReader(client, partitions).last_act(id_, what, LOOKED)


def fate(client: "redis.Redis", partitions: int, ids: Iterable[str]) -> str:
    """Who has replayed or discarded the first that somebody has; "" where unknown.

    Args:
        client: of the ledger.
        partitions: of the ledger.
        ids: that may be meant, each with its prefix.

    Raises:
        redis.RedisError: Redis does not answer.
    """
    found = (last_act(client, partitions, one, _DONE) for one in ids)
    last = next(filter(None, found), None)
    if last is None:
        return ""
    done, who = _DONE[last.stated("what")], last.stated("who")
    order = last.stated("order")
    more = f"; order {order} has what became of it" if order else ""
    return f"{who} {done} it on {moment(last.at_ms)}{more}"
