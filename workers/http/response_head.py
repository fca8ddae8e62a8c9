"""Parser of a status line and headers: strict, or as far as they go."""

import re
from http import HTTPStatus
from typing import Final

from workers.http.errors import Fault
from workers.http.receive_buffer import HEAD_BYTES, ReceiveBuffer

#: The most header lines; `http.client` allows as many.
HEADER_LINES: Final = 100
#: The most interim (1xx) answers before the real one.
INTERIM: Final = 8

# The status line is taken before, so that a blank line may be the first.
_END = re.compile(rb"(?:\A|\n)\r?\n")
_STATUS = re.compile(rb"HTTP/1\.([0-9])[ \t]+([1-9][0-9]{2})(?![0-9])")


def final_status(source: ReceiveBuffer) -> tuple[int, bool]:
    """Return the final status, and whether HTTP/1.0 gave it; 1xx is passed over.

    Raises:
        Fault: no whole status line of HTTP/1.
    """
    for _ in range(INTERIM):
        status, is_1_0 = _status(source)
        if status >= HTTPStatus.OK:
            return status, is_1_0
        header_block(source)
    raise Fault("sent only interim answers", code="protocol")


def header_block(source: ReceiveBuffer) -> bytes:
    """Take the headers with the blank line behind them.

    Raises:
        Fault: they are too long, or the connection ends in them; what has come then
            stays in the buffer.
    """
    searched = 0
    while (end := _END.search(source.buffer, searched)) is None:
        received = len(source.buffer)
        if received > HEAD_BYTES:
            raise _too_long()
        # The blank line may have begun in what had come before.
        searched = max(0, received - 3)
        if not source.fill():
            raise Fault("ended its answer in the headers", code="truncated")
    if end.end() > HEAD_BYTES:
        raise _too_long()
    return source.take(end.end())


def headers_of(block: bytes) -> dict[str, str]:
    """Return headers by lower-case name; repeated ones are joined with a comma.

    Raises:
        Fault: a line that is no header, or too many of them.
    """
    headers, faulty, lines = _parsed(block)
    if lines > HEADER_LINES:
        raise Fault(f"sent {lines} headers", code="protocol")
    if faulty:
        raise Fault("sent a header without a name", code="protocol")
    return headers


def readable_headers(block: bytes) -> dict[str, str]:
    """Return those headers that are whole lines and can be read, however many."""
    return _parsed(block)[0]


def _status(source: ReceiveBuffer) -> tuple[int, bool]:
    if not source.buffer and not source.fill():
        raise Fault("closed the connection without an answer", code="reset")
    status = _STATUS.match(source.line("a status line"))
    if status is None:
        raise Fault("answered something that is not HTTP/1.1", code="protocol")
    return int(status[2]), status[1] == b"0"


def _parsed(block: bytes) -> tuple[dict[str, str], bool, int]:
    """Return what can be read, whether something could not, and how many lines."""
    # What stands behind the last line feed is no whole line.
    lines = block.decode("latin-1").split("\n")[:-1]
    headers: dict[str, str] = {}
    name, faulty = "", False
    for line in lines:
        if line in ("", "\r"):
            continue
        if line[0] in " \t" and name:
            headers[name] += " " + line.strip()
            continue
        before, colon, value = line.partition(":")
        name = before.strip().lower() if colon else ""
        if not name:
            faulty = True
            continue
        value = value.strip(" \t\r")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers, faulty, len(lines) - 1


def _too_long() -> Fault:
    return Fault("sent more than 64 KiB of headers", code="protocol")
