"""Where an error was raised, without its text, which may hold what a partner sent."""

import traceback
from pathlib import PurePath
from typing import Final

#: The innermost calls that are named; the outer ones are the same for every error.
_CALLS: Final = 8


def raised_at(error: BaseException) -> str:
    """Name the calls, innermost first: "execution/link.py:18 send, …".

    Behind "from" stand the class and the calls of the error that led to it.
    """
    said = _calls(error)
    earlier = error.__cause__
    if earlier is None and not error.__suppress_context__:
        earlier = error.__context__
    if earlier is None:
        return said
    return f"{said}; from {type(earlier).__name__} at {_calls(earlier)}"


def _calls(error: BaseException) -> str:
    walked = [
        (frame.f_code, line) for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    inner = walked[: -_CALLS - 1 : -1]
    return ", ".join(
        f"{_short(code.co_filename)}:{n} {code.co_name}" for code, n in inner
    )


def _short(path: str) -> str:
    return "/".join(PurePath(path).parts[-2:])
