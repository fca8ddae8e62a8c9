"""Entries of a stream as its reader gives them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from redis.exceptions import ResponseError

from serializers.events.entry_fields import Content, Oversized, bare
from workers.redis.answers import text


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Entries that have come while somebody waited for them.

    Attributes:
        ids: of entries that are pending for who waited.
        begun: what one that came alone holds: it was started in the same step.
    """

    ids: tuple[str, ...] = ()
    begun: Mapping[str, Content] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pending:
    """An entry that was read and not acknowledged, and how often it was started."""

    id: str
    starts: int


def is_absent(error: ResponseError) -> bool:
    """Whether Redis complains that there is no such stream or group."""
    return any(words in str(error) for words in ("NOGROUP", "no such key"))


def contents(ids: Sequence[str], found: Sequence[Any]) -> dict[str, Content]:
    by_id = {text(id_): _content(content) for id_, content in found}
    return {id_: by_id.get(bare(id_)) for id_ in ids}


def _content(content: int | Sequence[bytes]) -> Content:
    if isinstance(content, int):
        return Oversized(content)
    return tuple(zip(content[::2], content[1::2], strict=True))
