"""Times as the command line writes them: UTC, whoever reads."""

from datetime import UTC, datetime

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def moment(ms: int) -> str:
    """An instant for a person: 2026-03-01 12:00:05 UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def iso(ms: int) -> str:
    """An instant for a program: 2026-03-01T12:00:05.250Z."""
    at = datetime.fromtimestamp(ms // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


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
