"""Times as the command line writes them: UTC, whoever reads."""

from serializers.formats.instants import rfc3339

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def moment(ms: int) -> str:
    """An instant for a person: 2026-03-01 12:00:05Z, which is RFC 3339 too."""
    day, _, time = rfc3339(ms).partition("T")
    return f"{day} {time[:8]}Z"


def iso(ms: int) -> str:
    """An instant for a program: 2026-03-01T12:00:05.250Z."""
    return rfc3339(ms)


def span(seconds: float) -> str:
    """How long, in the two largest units: 2 d 3 h, 5 min, 12 s."""
    left = round(seconds)
    for position, (size, name) in enumerate(_UNITS):
        if left >= size:
            count, rest = divmod(left, size)
            smaller = _UNITS[position + 1 : position + 2]
            more = [f"{rest // s} {n}" for s, n in smaller if rest >= s]
            return " ".join([f"{count} {name}", *more])
    return f"{left} s"
