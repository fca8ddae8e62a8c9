"""Differences between a document and its contract."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final, NamedTuple

from serializers.drift.contract import NULL, Free, Many, Members, Node, Scalar
from serializers.drift.shape import Kind
from serializers.drift.words import shown_name
from serializers.formats.json_limits import JsonValue

#: Differences of one document, at most.
MOST: Final = 16
#: Characters of a path.
MAX_PATH: Final = 120

#: What the types of JSON are called.
TYPES: Final[Mapping[type, str]] = {
    str: "text",
    int: "number",
    float: "number",
    bool: "boolean",
    NULL: "null",
    list: "list",
    dict: "object",
}


class Difference(NamedTuple):
    """One difference.

    Attributes:
        kind: what is new.
        path: where; a member's name that may be anybody's data is masked in it.
        form: the type that came.
        holder: the object or list in which it stands; None for the whole document.
        name: of the member in it, "" where it is none's.
        known: what is known of the holder.
    """

    kind: Kind
    path: str
    form: str
    holder: JsonValue = None
    name: str = ""
    known: Node | None = None


def differences(value: JsonValue, known: Node) -> tuple[Difference, ...]:
    """Compare a document with what is known of it.

    Args:
        value: whose names are in lower case.
        known: of it.

    Returns:
        Each kind, path and form once, in the document's order; at most `MOST`.
    """
    # Nearly always nothing is new, and nothing is made then but the answer.
    if is_known(value, known):
        return ()
    found: dict[tuple[Kind, str, str], Difference] = {}
    for one in islice(_walk(value, known, ""), 100 * MOST):
        found.setdefault(one[:3], one)
        if len(found) == MOST:
            break
    return tuple(found.values())


def is_known(value: JsonValue, known: Node) -> bool:
    """Whether nothing of a value is new."""
    # It is asked about every answer, and `match` would take twice as long.
    if isinstance(known, Scalar):
        return type(value) in known.types
    if isinstance(known, Members):
        return known.is_plain(value) or _has_known(value, known)
    if isinstance(known, Free):
        return True
    if type(value) is not list:
        return known.alone and is_known(value, known.item)
    return all(is_known(one, known.item) for one in value)


def _has_known(value: JsonValue, known: Members) -> bool:
    if not isinstance(value, dict) or not value.keys() <= known.names:
        return False
    nodes = known.known
    return not any(group.isdisjoint(value) for group in known.needs) and all(
        is_known(inner, nodes[name]) for name, inner in value.items()
    )


def _walk(value: JsonValue, known: Node, path: str) -> Iterator[Difference]:
    match known:
        case Members():
            if type(value) is dict:
                yield from _of_members(value, known, path)
                return
        case Many():
            if type(value) is list:
                yield from _of_items(value, known, path)
                return
            if known.alone and type(value) is dict:
                yield from _walk(value, known.item, path)
                return
        case Scalar():
            if type(value) in known.types:
                return
        case Free():
            return
    kind = Kind.TYPE if path else Kind.ENVELOPE
    yield Difference(kind, path, TYPES[type(value)])


def _of_items(items: list[JsonValue], known: Many, path: str) -> Iterator[Difference]:
    inner, item = f"{path}[]", known.item
    for value in items:
        if is_known(value, item):
            continue
        for one in _walk(value, item, inner):
            yield one if one.holder is not None else one._replace(holder=items)


def _of_members(
    value: dict[str, JsonValue], known: Members, path: str
) -> Iterator[Difference]:
    for group in known.needs:
        if group.isdisjoint(value):
            where = _joined(path, min(group))
            yield Difference(Kind.MISSING, where, "", value, "", known)
    for name, inner in value.items():
        node = known.known.get(name)
        where = _joined(path, name)
        if node is None:
            form = TYPES[type(inner)]
            yield Difference(Kind.FIELD, where, form, value, name, known)
            continue
        for one in _walk(inner, node, where):
            alone = one.holder is None
            yield one._replace(holder=value, name=name, known=known) if alone else one


def _joined(path: str, name: str) -> str:
    shown = shown_name(name)
    return (f"{path}.{shown}" if path else shown)[:MAX_PATH]
