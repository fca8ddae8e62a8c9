"""Events of one JSON array, each by its own bytes."""

import json
from dataclasses import dataclass

_DECODER = json.JSONDecoder()
_BLANKS = " \t\r\n"


class BrokenArrayError(ValueError):
    """The text begins like an array and is none; the message states where."""


@dataclass(frozen=True, slots=True)
class Found:
    """One event's bytes, as they were written.

    Attributes:
        line: the line on which it begins, counted from 1.
        body: not checked yet.
    """

    line: int
    body: bytes


def elements(body: bytes, first: int = 1) -> list[Found]:
    """Cut an array into its elements' own bytes: writing them anew could change one.

    Args:
        body: an array, whatever it holds.
        first: the number of its first line.

    Raises:
        BrokenArrayError: it is no JSON array.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise BrokenArrayError(f"not UTF-8 at byte {error.start}") from None
    return _Array(text, first).elements()


class _Array:
    """One pass over an array's text, which keeps count of the lines."""

    def __init__(self, text: str, first: int) -> None:
        self._text = text
        self._at = 0
        self._line = first

    def elements(self) -> list[Found]:
        found: list[Found] = []
        self._skip_blanks()
        if self._sign() != "[":
            raise BrokenArrayError("not an array")
        self._skip_sign()
        while self._sign() != "]":
            if found and self._skip_sign() != ",":
                raise BrokenArrayError(f"a comma is missing before line {self._line}")
            found.append(self._element())
        self._skip_sign()
        if self._at < len(self._text):
            raise BrokenArrayError(f"something follows its end at line {self._line}")
        return found

    def _sign(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip_sign(self) -> str:
        """Step over one character and the blanks on either side of it."""
        self._skip_blanks()
        sign = self._sign()
        self._at += 1
        self._skip_blanks()
        return sign

    def _skip_blanks(self) -> None:
        while self._sign() and self._sign() in _BLANKS:
            self._line += self._sign() == "\n"
            self._at += 1

    def _element(self) -> Found:
        begin, line = self._at, self._line
        try:
            self._at = _DECODER.raw_decode(self._text, begin)[1]
        except (ValueError, RecursionError) as error:
            line += self._text.count("\n", begin, getattr(error, "pos", begin))
            raise BrokenArrayError(f"broken at line {line}") from None
        body = self._text[begin : self._at]
        self._line += body.count("\n")
        self._skip_blanks()
        return Found(line, body.encode())
