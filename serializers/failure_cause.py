"""Cause of a failure, from its code and its text; failures of one cause compare equal.

Codes name a cause, but three kinds do not: `malformed`, under which every refused event
stands, `http_…`, behind which a receiver states why, and DECK's `deck_…`, where XML has
a name for what is a number in JSON. There the words state it, without places and
values: numbers, ids, moments, addresses, and what stands in quotes.

`letter_groups.lua` takes most of these out too, so that few texts leave Redis. What it
does changes no cause; a property holds the two against each other.
"""

import re
from collections.abc import Iterable
from typing import Final

from serializers.events import problems

#: The code of an entry of the stream that holds no event.
MALFORMED: Final = "malformed"

#: How codes begin behind which a partner's own words stand.
WORDED: Final = ("deck_", "http_")

#: Words that count: a longer text is cut by its partner, or by us, wherever it is.
MAX_WORDS: Final = 12

_MESSAGE = re.compile(r"answered [^:]*: (.*)", re.DOTALL)
_NO_MESSAGE = "no message"
_ATTEMPTS = re.compile(r"(?: \(the last of [0-9]+ (?:attempts|tries)\))+$")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`|“[^”]*”")
_ADDRESS = re.compile(r"\S+://\S*|\S+@\S+")
#: A word with a digit in it is somebody's number, or a moment.
_VALUE = re.compile(r"\S*[0-9]\S*")
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?),?"
)
#: Names of a date's parts beside its numbers, and several values in a row.
_DATED = re.compile(rf"\b(?:{_DAY} )?(?:{_MONTH} n|n {_MONTH})(?: n| gmt| utc)*(?!\w)")
_SEVERAL = re.compile(r"\bn(?:[ ,;:]+n)+(?!\w)")


def cause_of(code: str, reason: str, own: Iterable[str] = ()) -> str:
    """Name the cause.

    Args:
        code: what went wrong, a short constant.
        reason: the same in words.
        own: values of the item itself, which its reason may hold.
    """
    if code == MALFORMED:
        return f"{code}: {problems.cause(reason)}"
    found = _MESSAGE.search(reason) if code.startswith(WORDED) else None
    if found is None or found[1].startswith(_NO_MESSAGE):
        return code
    words = _without_values(_ATTEMPTS.sub("", found[1]), own)
    name = "deck" if code.startswith("deck_") else code
    return f"{name}: {words}" if words.strip("n .,:;") else code


def own_first(own: Iterable[str]) -> list[str]:
    """The values in the order in which they are taken out: the longest first."""
    known = {value.encode(errors="backslashreplace"): value for value in own if value}
    return [known[raw] for raw in sorted(known, key=lambda raw: (-len(raw), raw))]


def _without_values(text: str, own: Iterable[str]) -> str:
    for value in own_first(own):
        # What is no ASCII is part of a word, as it is byte by byte in the script.
        text = re.sub(
            rf"(?<![0-9A-Za-z_\x80-\U0010ffff]){re.escape(value)}"
            r"(?![0-9A-Za-z_\x80-\U0010ffff])",
            "n",
            text,
        )
    for pattern in (_ADDRESS, _QUOTED, _VALUE):
        text = pattern.sub("n", text)
    words = " ".join(text.casefold().split())
    words = _SEVERAL.sub("n", _DATED.sub("n", words))
    return " ".join(words.split()[:MAX_WORDS])
