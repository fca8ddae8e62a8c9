"""Detection of text copied along with a secret: quotes, a line break, a prefix."""

from dataclasses import dataclass
from typing import Final

_MARK: Final = "\ufeff"
_QUOTES: Final = ("'", '"', "`")
#: A line break, or what an env file that knows no escapes makes of one.
_BREAKS: Final = ("\n", "\r", "\\n", "\\r")
_VERSION: Final = "v1,"


@dataclass(frozen=True, slots=True)
class Oddity:
    """One thing that is rarely meant.

    Attributes:
        text: continues a sentence that begins with the secret's name.
        now: what to do.
    """

    text: str
    now: str


_ODD_MARK = Oddity(
    "begins with a byte-order mark", "save its file as UTF-8 without one"
)
_ODD_QUOTES = Oddity(
    "stands in quotation marks, which count as part of it",
    "remove them: Docker's env files and files of secrets have none",
)
_ODD_BREAK = Oddity("ends with a line break", "remove it")
_ODD_BLANK = Oddity("begins or ends with a blank", "remove it")
_ODD_VERSION = Oddity(
    "begins with v1, which belongs to a signature",
    "begin with whsec_, which is the secret",
)


def oddities(secret: str) -> tuple[Oddity, ...]:
    """Name what was copied along with a secret; nothing of it is in the words."""
    return tuple(dict.fromkeys(odd for odd, _ in _peeled(secret)))


def bare(secret: str) -> str:
    """Take off all that `oddities` names."""
    for _, rest in _peeled(secret):
        secret = rest
    return secret


def is_quoted(text: str) -> bool:
    """Return whether a text begins and ends with the same quotation mark."""
    return len(text) > 1 and text[0] in _QUOTES and text[-1] == text[0]


def _peeled(secret: str) -> list[tuple[Oddity, str]]:
    found: list[tuple[Oddity, str]] = []
    while (layer := _layer(secret)) is not None:
        found.append(layer)
        secret = layer[1]
    return found


def _layer(text: str) -> tuple[Oddity, str] | None:
    """Return the outermost oddity and what is left without it."""
    if text.startswith(_MARK):
        return _ODD_MARK, text.removeprefix(_MARK)
    for end in _BREAKS:
        if text.endswith(end):
            return _ODD_BREAK, text.removesuffix(end)
    if text != text.strip():
        return _ODD_BLANK, text.strip()
    if is_quoted(text):
        return _ODD_QUOTES, text[1:-1]
    if text.startswith(f"{_VERSION}whsec_"):
        return _ODD_VERSION, text.removeprefix(_VERSION)
    return None
