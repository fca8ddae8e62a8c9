"""INFO of a whole Redis Cluster: of each figure the one that is to worry about."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from workers.redis.answers import number, text

#: Stands in what a client of the whole cluster answers, and in nothing else.
ASKED_AS_CLUSTER: Final = "asked_as_cluster"


def together(infos: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Put what the primaries say into one answer: the worst, or all of it.

    Args:
        infos: of each, one at least; a section alone has fewer fields.
    """
    found = dict(infos[0])
    for name, chosen in _CHOSEN.items():
        values = [one[name] for one in infos if name in one]
        if values:
            found[name] = chosen(values)
    return found | {ASKED_AS_CLUSTER: len(infos)}


def _least(values: Sequence[Any]) -> Any:
    return min(values, key=number)


def _most(values: Sequence[Any]) -> Any:
    return max(values, key=number)


def _sum(values: Sequence[Any]) -> int:
    return sum(map(number, values))


def _first_but(good: str) -> Callable[[Sequence[Any]], Any]:
    """Choose the first that is not as it should be."""
    return lambda values: next((v for v in values if text(v) != good), values[0])


def _oldest(values: Sequence[Any]) -> Any:
    return min(values, key=lambda one: [int(part) for part in text(one).split(".")])


def _all(values: Sequence[Any]) -> str:
    return " ".join(map(text, values))


_CHOSEN: Final[Mapping[str, Callable[[Sequence[Any]], Any]]] = {
    "redis_version": _oldest,
    "run_id": _all,
    "role": _first_but("master"),
    "maxmemory_policy": _first_but("noeviction"),
    "connected_slaves": _least,
    "aof_enabled": _least,
    "aof_last_write_status": _first_but("ok"),
    "loading": _most,
    "maxmemory": _sum,
    "used_memory": _sum,
    "uptime_in_seconds": _least,
}
