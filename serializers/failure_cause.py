"""Cause of a failure, from its code and its text; failures of one cause compare equal.

Codes name a cause, but two: `malformed`, under which every refused event stands, and
DECK's `deck_…`, where XML has a name for what is a number in JSON. There the words
state it, without places and values.
"""

import re
from collections.abc import Iterable

from serializers.events import problems

#: The code of an entry of the stream that holds no event.
MALFORMED = "malformed"

_DECK_MESSAGE = re.compile(r"answered ResponseCode [^:]*: (.*)", re.DOTALL)
_NO_MESSAGE = "no message"
_ATTEMPTS = re.compile(r" \(the last of [0-9]+ (?:attempts|tries)\)$")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
#: A word with a digit in it is somebody's number, or a moment.
_VALUE = re.compile(r"\S*[0-9]\S*")


def cause_of(code: str, reason: str, own: Iterable[str] = ()) -> str:
    """Name the cause.

    Args:
        code: what went wrong, a short constant.
        reason: the same in words.
        own: values of the item itself, which its reason may hold.
    """
    if code == MALFORMED:
        return f"{code}: {problems.cause(reason)}"
    found = _DECK_MESSAGE.search(reason) if code.startswith("deck_") else None
    if found is None or found[1].startswith(_NO_MESSAGE):
        return code
    words = _without_values(_ATTEMPTS.sub("", found[1]), own)
    return f"deck: {words}" if words.strip("n .,:;") else code


def _without_values(text: str, own: Iterable[str]) -> str:
    for value in sorted(filter(None, own), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "n", text)
    text = _VALUE.sub("n", _QUOTED.sub("n", text))
    return " ".join(text.casefold().split())
