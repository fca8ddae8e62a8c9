"""Cuts the lines that are told at once into parts that any receiver takes."""

from collections.abc import Sequence

from serializers.ingram import encode

#: Bytes of lines in one part. With its heads a body then stays below 100,000 bytes,
#: above which common servers refuse (Express unless told otherwise).
PART_BYTES = 65_536

#: An event type, and the line that is told under it; None tells the whole order.
Told = tuple[str, encode.NotificationLine | None]


def parts(told: Sequence[Told], part_bytes: int = PART_BYTES) -> list[list[Told]]:
    """Cut so that each part's lines fit; a line that never fits goes alone.

    Endpoints take no part in it, so that a part says the same to all of them.

    Raises:
        EncodeError: a text holds half a surrogate pair.
    """
    cut: list[list[Told]] = []
    room = 0
    for event, line in told:
        size = 0 if line is None else encode.line_bytes(line) + 1
        if not cut or size > room:
            cut.append([])
            room = part_bytes
        cut[-1].append((event, line))
        room -= size
    return cut


def part_id(event_id: str, number: int, of: int) -> str:
    """Name a part: the event's own id when there is one part, else `ID-2-3`.

    Both signatures cover the id, and so the numbers; receivers know repeats by it.
    """
    return event_id if of == 1 else f"{event_id}-{number}-{of}"
