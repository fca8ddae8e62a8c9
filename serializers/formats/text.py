"""Normalization of partners' texts for a log line, a header or a comparison."""

import unicodedata
from collections.abc import Callable

#: Puts masks over the secrets of a text. It comes before any cut: half a secret at the
#: end would not be found.
Hide = Callable[[str], str]

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def printable(text: str, limit: int) -> str:
    r"""Escape what a terminal or a log would act on, as `\n`, and cut.

    Args:
        text: anything a partner sent.
        limit: the most characters of the result.
    """
    head = text[:limit].strip()
    if not head.isprintable():
        head = "".join(_escaped(letter) for letter in head)
    return head[:limit]


def visible(text: str, limit: int) -> str:
    """Drop what cannot be seen, and keep every other character as it is.

    Control, format and zero-width characters, marks of direction, and halves of
    surrogate pairs are dropped; a line break, a tab and any other kind of space become
    one space each. Unlike `without_controls`, it leaves spaces inside alone, since they
    distinguish two product numbers.

    Args:
        text: anything a partner sent.
        limit: the most characters of the result.
    """
    # Work before the cut is bounded too, as in `without_controls`.
    head = text[: 4 * limit]
    if not head.isprintable():
        head = "".join(" " if c.isspace() else c for c in head if not _invisible(c))
    return head.strip()[:limit].rstrip()


def without_controls(text: str, limit: int) -> str:
    """Drop control characters; line breaks and tabs become one space.

    Args:
        text: anything a partner sent.
        limit: the most characters of the result.
    """
    # Work before the cut is bounded too: the text may be as large as a reply.
    spaced = " ".join(text[: 4 * limit].split())
    if spaced.isprintable():
        return spaced[:limit].strip()
    kept = (c for c in spaced if not _invisible(c))
    return "".join(kept)[:limit].strip()


def unpadded(number: str) -> str:
    """Strip spaces and leading zeros, for numbers that compare without them.

    "000010" is "10", "0" and "000" are "0", "" stays "".
    """
    stripped = number.strip()
    return stripped.lstrip("0") or stripped[:1]


def _invisible(letter: str) -> bool:
    return unicodedata.category(letter) in _INVISIBLE and not letter.isspace()


def _escaped(letter: str) -> str:
    return letter if letter.isprintable() else ascii(letter)[1:-1]
