"""Names of an order's lines: Westcon's order number, the line's, the part of a split.

A key is `number/line#part`, the part from 2 on. The texts between are anybody's, so
what separates them is escaped in them, as in a URL: a line "10#2" of order "7" is
`7/10%232`, and the second part of line "10" is `7/10#2`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from serializers.order_record import Line

_ESCAPES = str.maketrans({"%": "%25", "/": "%2F", "#": "%23"})


@dataclass(frozen=True, slots=True)
class KeyParts:
    """A key taken apart; texts as they stand in it, `part` "" for the first."""

    sub_order: str
    number: str
    part: str


def line_key(sub_order: str, number: str) -> str:
    """Name a line, or the first part of one; different pairs get different keys."""
    return f"{escaped(sub_order)}/{escaped(number)}"


def part_key(key: str, part: int | str) -> str:
    """Name a further part of the line of this key; the line itself for part ""."""
    return f"{key}#{part}" if part else key


def parts_of(key: str) -> KeyParts:
    """Take a key apart, as an older release has written it too."""
    sub_order, _, rest = key.partition("/")
    number, _, part = rest.partition("#")
    return KeyParts(sub_order, number, part)


def whole_line(key: str) -> str:
    """The key of the line that a part belongs to."""
    return key.partition("#")[0]


def lines_numbered(lines: Sequence[Line], number: str) -> list[Line]:
    """The lines of that number, each at its first part."""
    wanted = (escaped(number), "")
    keys = ((line, parts_of(line.key)) for line in lines)
    return [line for line, key in keys if (key.number, key.part) == wanted]


def escaped(text: str) -> str:
    """A text in which nothing separates."""
    return text.translate(_ESCAPES)


def adopted(seen: Sequence[Line], found: Sequence[Line]) -> tuple[Line, ...]:
    """Give the ERP's lines the keys under which Westcon tells them.

    The ERP may speak of a line before anybody knows Westcon's order number; such a
    line would be told a second time under Westcon's key.

    Args:
        seen: the snapshot.
        found: the lines of a reply. Where several orders of Westcon's have a line
            of that number, one of the same status is meant, else the first.
    """
    taken = {line.key for line in seen}
    return tuple(
        line if line.sub_order else _adopted(line, found, taken) for line in seen
    )


def _adopted(line: Line, found: Sequence[Line], taken: set[str]) -> Line:
    own = parts_of(line.key)
    alike = [one for one in found if parts_of(one.key).number == own.number]
    alike = [one for one in alike if part_key(one.key, own.part) not in taken]
    if not alike:
        return line
    meant = min(alike, key=lambda one: (one.status != line.status, one.key))
    key = part_key(meant.key, own.part)
    return replace(line, key=key, number=meant.number, sub_order=meant.sub_order)
