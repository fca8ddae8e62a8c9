"""Transmission of an answer: its bytes, the waits between them, and the end.

`distort` changes the content, `steps` how it is sent.
"""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum
from http import HTTPStatus
from math import ceil

from sandbox.http.fault import Fault, Kind
from sandbox.http.message import JSON, Answer

_NONSENSE = {
    Kind.HTML_200: (
        "text/html; charset=utf-8",
        b"<!doctype html><html><body><h1>Please sign in</h1></body></html>",
    ),
    Kind.EMPTY_200: (JSON, b""),
    Kind.INVALID_JSON: (JSON, b'{"MT_OrderStatus_Response":[{"listPrice" : ,}]}'),
}
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_BLOCK = b"x" * 65_536
#: Long enough that a client reads what came before the reset.
_BEFORE_RESET = 0.05
#: Drops come no oftener than this; a quicker rate makes them bigger.
_DROP_SECONDS = 0.05
_NO_CONTENT = 204


class End(Enum):
    """How a connection ends early."""

    CLOSE = "close"
    RESET = "reset"


#: Bytes to send, seconds to wait, or the end.
Step = bytes | float | End


def distort(answer: Answer, fault: Fault) -> Answer:
    """Change an answer into something else than the partner meant."""
    match fault.kind:
        case Kind.STATUS:
            changed = replace(answer, status=fault.code, headers=fault.headers)
            return replace(changed, body=fault.text.encode())
        case Kind.REDIRECT:
            moved = (("Location", fault.text),)
            return replace(answer, status=fault.code, body=b"", headers=moved)
        case Kind.HTML_200 | Kind.EMPTY_200 | Kind.INVALID_JSON:
            content_type, body = _NONSENSE[fault.kind]
            return replace(answer, status=200, body=body, content_type=content_type)
        case _:
            return _adorned(answer, fault)


def _adorned(answer: Answer, fault: Fault) -> Answer:
    """Write the same answer in another form."""
    match fault.kind:
        case Kind.DELAY:
            return replace(answer, wait=answer.wait + fault.seconds)
        case Kind.WRONG_CONTENT_TYPE:
            return replace(answer, content_type=fault.text)
        case Kind.HUGE_HEADERS:
            extra = tuple((f"X-Extra-{i}", "x" * 1_024) for i in range(fault.size))
            return replace(answer, headers=answer.headers + extra)
        case Kind.GZIPPED:
            return _gzipped(answer, fault)
        case _:
            return answer


def shown_status(answer: Answer, fault: Fault | None) -> int:
    """The status a client gets to see; 0 when it sees none."""
    if fault is None:
        return answer.status
    silent = {Kind.DROP, Kind.APPLY_THEN_DROP}
    if fault.kind in silent or (fault.kind is Kind.RESET and not fault.after):
        return 0
    return distort(answer, fault).status


def whole(answer: Answer, *, keep_alive: bool = True) -> bytes:
    """The answer as it should be."""
    length = f"Content-Length: {len(answer.body)}\r\n"
    return head(answer, length, keep_alive=keep_alive) + answer.body


def head(answer: Answer, framing: str, *, keep_alive: bool = True) -> bytes:
    """The status line and headers; `framing` is the line that reports where it ends."""
    extra = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
    if answer.status == _NO_CONTENT:
        framing = ""
    elif answer.body:
        extra += f"Content-Type: {answer.content_type}\r\n"
    if not keep_alive:
        extra += "Connection: close\r\n"
    phrase = _PHRASES.get(answer.status, "Unknown")
    return f"HTTP/1.1 {answer.status} {phrase}\r\n{extra}{framing}\r\n".encode(
        "latin-1"
    )


def steps(answer: Answer, fault: Fault | None, *, keep_alive: bool) -> Iterator[Step]:
    """Everything that happens on the connection for one answer."""
    if answer.wait:
        yield float(answer.wait)
    if fault is not None:
        yield from _bent(answer, fault, keep_alive=keep_alive)
    else:
        yield whole(answer, keep_alive=keep_alive)
    if not keep_alive:
        yield End.CLOSE


def _bent(answer: Answer, fault: Fault, *, keep_alive: bool) -> Iterator[Step]:
    match fault.kind:
        case Kind.DROP | Kind.APPLY_THEN_DROP:
            yield End.CLOSE
        case Kind.RESET:
            yield from _reset(answer, fault)
        case Kind.HANG_UP:
            yield whole(answer)
            yield End.CLOSE
        case Kind.TRUNCATE:
            yield _truncated(answer, fault)
            yield End.CLOSE
        case Kind.SLOW_BODY:
            yield head(answer, f"Content-Length: {len(answer.body)}\r\n")
            yield from _drops(answer.body, fault.rate)
        case Kind.SLOW_HEADERS:
            yield from _drops(
                head(answer, f"Content-Length: {len(answer.body)}\r\n"), fault.rate
            )
            yield answer.body
        case Kind.HUGE_BODY:
            yield from _huge(answer, fault.size)
        case _:
            yield whole(answer, keep_alive=keep_alive)


def _reset(answer: Answer, fault: Fault) -> Iterator[Step]:
    if fault.after:
        framing = f"Content-Length: {len(answer.body) + 1}\r\n"
        yield head(answer, framing) + answer.body[: fault.after]
        yield _BEFORE_RESET
    yield End.RESET


def _truncated(answer: Answer, fault: Fault) -> bytes:
    part = answer.body[: fault.after]
    promised = max(len(answer.body), len(part) + 1)
    match fault.text:
        case "chunked":
            begin = head(answer, "Transfer-Encoding: chunked\r\n")
            return begin + f"{promised:x}\r\n".encode() + part
        case "close":
            return head(answer, "", keep_alive=False) + part
        case _:
            return head(answer, f"Content-Length: {promised}\r\n") + part


def _drops(content: bytes, rate: float) -> Iterator[Step]:
    size = max(1, ceil(rate * _DROP_SECONDS))
    for start in range(0, len(content), size):
        yield content[start : start + size]
        yield size / rate


def _huge(answer: Answer, size: int) -> Iterator[Step]:
    if not size:
        yield head(answer, "Transfer-Encoding: chunked\r\n")
        chunk = f"{len(_BLOCK):x}\r\n".encode() + _BLOCK + b"\r\n"
        while True:
            yield chunk
    yield head(answer, f"Content-Length: {size}\r\n")
    for start in range(0, size, len(_BLOCK)):
        yield _BLOCK[: min(len(_BLOCK), size - start)]


def _gzipped(answer: Answer, fault: Fault) -> Answer:
    packed = gzip.compress(bytes(fault.size) or answer.body)
    body = packed[: fault.after] if fault.after else packed
    encoding = (("Content-Encoding", "gzip"),)
    return replace(answer, body=body, headers=answer.headers + encoding)
