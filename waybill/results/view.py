"""Views of a result: one line for people."""

from collections.abc import Mapping
from typing import Any

from serializers.results.decode import Result
from serializers.results.result import ResultType

#: Members of a dead letter that are shown, and those of other results.
_FAILURE = ("dead_letter", "code", "reason")
_SHOWN: Mapping[str, tuple[str, ...]] = {
    ResultType.FINISHED: ("reason",),
    ResultType.LINKED: ("customer_id",),
    ResultType.ACCEPTED: ("event_type", "id"),
    ResultType.REFUSED: ("id", *_FAILURE),
    ResultType.DELIVERED: ("endpoint", "event_id"),
}


def line(result: Result) -> str:
    """Moment, type, order and what it states, on one line."""
    order = result.subject or "-"
    return "  ".join(filter(None, (result.time, result.type, order, summary(result))))


def summary(result: Result) -> str:
    """What a result states beside its type and its order."""
    data = result.data
    if result.type == ResultType.CHANGED:
        return "; ".join(_line(one) for one in _objects(data.get("lines")))
    names = _SHOWN.get(result.type, _FAILURE)
    return "  ".join(str(data[name]) for name in names if data.get(name))


def _line(line: Mapping[str, Any]) -> str:
    """Such as `10: SHI 2, BOR 3 of 5`."""
    reached, now = _objects(line.get("reached")), _objects(line.get("now"))
    portions = [*reached[-1:], *now]
    held = ", ".join(
        " ".join(filter(None, (str(one.get("code", "")), str(one.get("quantity", "")))))
        for one in portions
    )
    of = f" of {line['ordered']}" if line.get("ordered") else ""
    return f"{line.get('line_number', '?')}: {held or 'open'}{of}"


def _objects(value: object) -> list[Mapping[str, Any]]:
    found = value if isinstance(value, list) else []
    return [one for one in found if isinstance(one, dict)]
