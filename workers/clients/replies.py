"""Reads one HTTP/1.1 answer from bytes as they come, within strict bounds.

`http.client` would do, at twice the CPU of the whole POST (its headers go
through the e-mail parser), with a silent short read and without a total
deadline. This reader decides nothing about the network: it is given a function
that receives.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from workers.clients.faults import Fault

#: The most bytes of a status line with its headers, and of chunked trailers.
HEAD_BYTES = 65_536
#: The most header lines; `http.client` allows as many.
HEADER_LINES = 100
#: What one receive asks for.
BLOCK = 16_384
#: The most interim (1xx) answers before the real one.
INTERIM = 8
#: What is kept of a body that may be cut.
KEPT_BYTES = 4_096

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(r"HTTP/1\.([01]) ([1-9][0-9]{2})(?: .*)?\r?")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?\r?")
_DIGITS = re.compile(r"[0-9]{1,15}")

Receive = Callable[[int], bytes]


@dataclass(slots=True)
class Answer:
    """One answer, read to its end.

    Attributes:
        status: the final status, never 1xx.
        headers: by lower-case name; repeated ones joined with a comma.
        data: the body as sent, or its first 4 KiB when it may be cut.
        reusable: whether the connection stands right behind this answer.
    """

    status: int
    headers: Mapping[str, str]
    data: bytes
    reusable: bool


class _Source:
    """What has come and is not used yet."""

    __slots__ = ("_receive", "buffer")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.buffer = bytearray()

    def fill(self) -> bool:
        """Add what comes next; False at the end of the connection."""
        block = self._receive(BLOCK)
        self.buffer += block
        return bool(block)

    def take(self, size: int) -> bytes:
        taken = bytes(self.buffer[:size])
        del self.buffer[:size]
        return taken

    def exactly(self, size: int) -> bytes:
        while len(self.buffer) < size:
            if not self.fill():
                message = f"ended its answer {size - len(self.buffer)} bytes early"
                raise Fault(message, code="truncated")
        return self.take(size)

    def line(self) -> bytes:
        """Return the next line without its end, at most `HEAD_BYTES` long."""
        searched = 0
        while (end := self.buffer.find(b"\n", searched)) < 0:
            searched = len(self.buffer)
            if searched > HEAD_BYTES:
                raise Fault("sent an endless chunk header", code="protocol")
            if not self.fill():
                raise Fault("ended its answer in a chunk", code="truncated")
        return self.take(end + 1)[:-1]


def read_reply(receive: Receive, *, max_bytes: int, cut: bool) -> Answer:
    """Read one answer to a GET or POST.

    Args:
        receive: returns up to so many bytes, none at the end of the connection;
            what it raises passes through.
        max_bytes: the most bytes of body that are read.
        cut: keep the first 4 KiB instead of refusing a longer body.

    Raises:
        Fault: the answer is cut short, malformed, encoded or too big.
    """
    source = _Source(receive)
    for _ in range(INTERIM):
        minor, status, headers = _head(source)
        if status >= HTTPStatus.OK:
            return _answer(source, minor, status, headers, max_bytes, cut=cut)
    raise Fault("sent only interim answers", code="protocol")


def _head(source: _Source) -> tuple[str, int, dict[str, str]]:
    searched = 0
    while (end := _HEAD_END.search(source.buffer, searched)) is None:
        received = len(source.buffer)
        if received > HEAD_BYTES:
            raise _long_head()
        # The blank line may have begun in what had come before.
        searched = max(0, received - 3)
        if not source.fill():
            raise _ended(received)
    if end.end() > HEAD_BYTES:
        raise _long_head()
    first, *lines = source.take(end.end()).decode("latin-1").split("\n")
    status = _STATUS.fullmatch(first)
    if status is None:
        raise Fault("answered something that is not HTTP/1.1", code="protocol")
    return status[1], int(status[2]), _headers(lines[:-2])


def _long_head() -> Fault:
    return Fault("sent more than 64 KiB of headers", code="protocol")


def _ended(received: int) -> Fault:
    if received:
        return Fault("ended its answer in the headers", code="truncated")
    return Fault("closed the connection without an answer", code="reset")


def _headers(lines: list[str]) -> dict[str, str]:
    if len(lines) > HEADER_LINES:
        raise Fault(f"sent {len(lines)} headers", code="protocol")
    headers: dict[str, str] = {}
    name = ""
    for line in lines:
        if line[0] in " \t" and name:
            headers[name] += " " + line.strip()
            continue
        before, colon, value = line.partition(":")
        name = before.rstrip().lower()
        if not colon or not name:
            raise Fault("sent a header without a name", code="protocol")
        value = value.strip(" \t\r")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _answer(
    source: _Source,
    minor: str,
    status: int,
    headers: dict[str, str],
    max_bytes: int,
    *,
    cut: bool,
) -> Answer:
    body, framed = _body(source, status, headers, max_bytes, cut=cut)
    if cut:
        body = body[:KEPT_BYTES]
    connection = headers.get("connection", "").lower()
    stays = "close" not in connection if minor == "1" else "keep-alive" in connection
    # Bytes behind the answer belong to nobody; such a connection is not trusted.
    return Answer(status, headers, body, framed and stays and not source.buffer)


def _body(
    source: _Source, status: int, headers: dict[str, str], max_bytes: int, *, cut: bool
) -> tuple[bytes, bool]:
    """Return the body, and whether its end was marked by more than a close."""
    if status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
        return b"", True
    # Nothing is ever decoded: a body of 492 bytes can unfold to 210 MB.
    encoding = headers.get("content-encoding", "identity").lower()
    if encoding not in ("identity", ""):
        raise Fault("encoded its answer although asked not to", code="encoding")
    if "transfer-encoding" in headers:
        return _chunked(source, headers, max_bytes, cut=cut)
    if "content-length" in headers:
        return _sized(source, headers["content-length"], max_bytes, cut=cut)
    return _until_close(source, max_bytes, cut=cut), False


def _sized(
    source: _Source, length: str, max_bytes: int, *, cut: bool
) -> tuple[bytes, bool]:
    lengths = {part.strip() for part in length.split(",")}
    size = lengths.pop()
    if lengths or _DIGITS.fullmatch(size) is None:
        raise Fault("sent an unusable Content-Length", code="protocol")
    if int(size) <= max_bytes:
        return source.exactly(int(size)), True
    return source.exactly(_excess(max_bytes, cut=cut)), False


def _excess(max_bytes: int, *, cut: bool) -> int:
    """Return how much of a body that is too long is wanted."""
    if not cut:
        raise Fault(f"answered more than {max_bytes} bytes", code="size")
    return min(max_bytes, KEPT_BYTES)


def _chunked(
    source: _Source, headers: dict[str, str], max_bytes: int, *, cut: bool
) -> tuple[bytes, bool]:
    if headers["transfer-encoding"].lower() != "chunked":
        raise Fault("sent an unknown Transfer-Encoding", code="protocol")
    body = bytearray()
    while size := _chunk_size(source):
        if len(body) + size > max_bytes:
            wanted = _excess(max_bytes, cut=cut)
            body += source.exactly(max(0, wanted - len(body)))
            return bytes(body), False
        body += source.exactly(size)
        if source.line() not in (b"\r", b""):
            raise Fault("sent a chunk without an end", code="protocol")
    _skip_trailers(source)
    # With both framings a middle box may have seen another end than we did.
    return bytes(body), "content-length" not in headers


def _chunk_size(source: _Source) -> int:
    size = _CHUNK.fullmatch(source.line())
    if size is None:
        raise Fault("sent an unreadable chunk size", code="protocol")
    return int(size[1], 16)


def _skip_trailers(source: _Source) -> None:
    for _ in range(HEADER_LINES):
        if source.line() in (b"\r", b""):
            return
    raise Fault("sent endless trailers", code="protocol")


def _until_close(source: _Source, max_bytes: int, *, cut: bool) -> bytes:
    while len(source.buffer) <= max_bytes:
        if not source.fill():
            return source.take(max_bytes)
    return source.take(_excess(max_bytes, cut=cut))
