"""Problems of an event, all of them, as text for its sender."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TypeAlias

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from serializers.events.shape import NEEDED, EventType, Needed

#: More points than this are counted and not named.
MAX_NAMED = 50

#: How alike a member must be to be suggested, and what it must be to be written.
_NEAR = 0.8
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")

Members: TypeAlias = dict[str, object]

_WORDS = {
    "missing": "missing",
    "string_type": "must be a text",
    "string_pattern_mismatch": "must not be blank",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "too_long": "must have at most {max_length} items",
    "enum": "must be one of {expected}",
    "literal_error": "must be {expected}",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "model_type": "must be an object",
    "none_required": "is not read; give data as a JSON object",
}
#: Where one problem ends and the next begins: each has its path.
_BETWEEN = re.compile(r"; (?=[^\s;]+: |and \d+ more$)")
_INDEX = re.compile(r"\[\d+\]")
#: Numbers that stand alone, but not those of a text that is wanted, nor a standard's.
_VALUES = re.compile(r"(?<![\w'.-])(?<!RFC )\d+(?![\w'])")
#: The names of the fields that an entry without an event has.
_FIELDS = re.compile(r"; it has: .*", re.DOTALL)


def shape_problems(error: ValidationError) -> Iterator[str]:
    """Name the points that the shape forbids, without their values."""
    for detail in error.errors(include_url=False):
        yield f"{_path(detail['loc'])}: {_word(detail)}"


def rule_problems(event: object) -> Iterator[str]:
    """Name the points that only several members together show."""
    if not isinstance(event, dict):
        return
    data = event.get("data")
    members: Members = data if isinstance(data, dict) else {}
    kind = event.get("type")
    if isinstance(kind, str) and kind in NEEDED:
        yield from _needed(kind, NEEDED[EventType(kind)], members)
    subject, number = event.get("subject"), members.get("order_number")
    if not isinstance(subject, str) or not isinstance(number, str):
        return
    if subject and subject.strip() != number.strip():
        yield "subject: must be data.order_number"


def _needed(kind: str, needed: Needed, members: Members) -> Iterator[str]:
    """Name what an event of this type lacks."""
    value = members.get(needed.member)
    if not _given(value):
        many = "at least " if needed.of_lines else ""
        yield f"data.{needed.member}: {kind} needs {many}one"
    for place, line in enumerate(value if isinstance(value, list) else ()):
        for name in needed.of_lines:
            if isinstance(line, dict) and not _given(line.get(name)):
                yield f"data.{needed.member}[{place}].{name}: missing"


def joined(problems: list[str]) -> str:
    """Write them as one message."""
    more = len(problems) - MAX_NAMED
    if more > 0:
        problems = _one_of_each_first(problems)
    named = "; ".join(problems[:MAX_NAMED])
    return f"event: {named}" + (f"; and {more} more" if more > 0 else "")


def _one_of_each_first(problems: list[str]) -> list[str]:
    """Every kind of problem before a second one of any, or a cut might hide a cause."""
    first = {_INDEX.sub("[]", one): one for one in reversed(problems)}.values()
    named = set(first)
    return [one for one in problems if one in named] + [
        one for one in problems if one not in named
    ]


def separated(message: str) -> tuple[str, ...]:
    """Give the single problems of a message that `joined` wrote."""
    return tuple(_BETWEEN.split(message.removeprefix("event: ")))


def cause(message: str) -> str:
    """Give what alike refusals share: paths and problems, without places and values.

    The second and the eighth line's missing status are one cause. Each problem counts
    once, wherever it stands.
    """
    shapes = _FIELDS.sub("", message)
    problems = {_VALUES.sub("n", _INDEX.sub("[]", one)) for one in separated(shapes)}
    return "; ".join(sorted(problems - {"and n more"}))


def _given(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value not in (None, [])


def _path(loc: tuple[int | str, ...]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    return "".join(steps).lstrip(".") or "the whole"


def _word(detail: ErrorDetails) -> str:
    kind = detail["type"]
    word = _WORDS.get(kind, detail["msg"]).format_map(detail.get("ctx", {}))
    if kind == "missing":
        return word + _meant(str(detail["loc"][-1]), detail["input"])
    number = isinstance(detail["input"], int | float)
    return f"{word}, not a number" if kind == "string_type" and number else word


def _meant(missing: str, members: object) -> str:
    """Which member may be the one that is missing, misspelt; "" where none is alike."""
    names = members if isinstance(members, dict) else ()
    found = [one for one in names if isinstance(one, str) and _NAME.fullmatch(one)]
    near = get_close_matches(missing, found, n=1, cutoff=_NEAR)
    return f" (is {near[0]} meant?)" if near else ""
