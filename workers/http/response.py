"""Parser for one HTTP/1.1 response, incremental, with strict bounds.

`http.client` would do, at twice the CPU of the whole POST (its headers go
through the e-mail parser), with a silent short read and without a total
deadline. This reader decides nothing about the network: it is given a function
that receives.

A status decides by itself wherever the body carries nothing that is needed: then
nothing that comes behind the status line, or fails to come, undoes it. Otherwise a
receiver that took a notification and broke off in its thanks would be sent it again.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Literal

from workers.http.errors import Fault
from workers.http.receive_buffer import Receive, ReceiveBuffer
from workers.http.response_head import (
    final_status,
    header_block,
    headers_of,
    readable_headers,
)

#: What is kept of a body that may be cut.
KEPT_BYTES: Final = 4_096
#: The most lines of trailers behind the last chunk.
_TRAILERS: Final = 100

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?\r?")
_DIGITS = re.compile(r"[0-9]{1,15}", re.ASCII)


def is_encoded(headers: Mapping[str, str]) -> bool:
    """Whether the body is compressed, although that was not asked for."""
    return headers.get("content-encoding", "").lower() not in ("", "identity")


def read_body(
    source: ReceiveBuffer,
    status: int,
    headers: Mapping[str, str],
    max_bytes: int,
    into: bytearray,
    *,
    cut: bool,
) -> bool:
    """Read the body; return whether its end was marked by more than a close.

    Args:
        source: behind the headers.
        status: final.
        headers: by lower-case name.
        max_bytes: the most that is read.
        into: gets the body, as far as it came when this raises.
        cut: whether a longer body is cut to its first 4 KiB, and not refused.

    Raises:
        Fault: the body is cut short, malformed or too big.
    """
    if status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
        return True
    if "transfer-encoding" in headers:
        return _chunked(source, headers, max_bytes, into, cut=cut)
    if "content-length" in headers:
        return _sized(source, headers["content-length"], max_bytes, into, cut=cut)
    return _until_close(source, max_bytes, into, cut=cut)


def _sized(
    source: ReceiveBuffer, length: str, max_bytes: int, into: bytearray, *, cut: bool
) -> bool:
    lengths = {part.strip() for part in length.split(",")}
    size = lengths.pop()
    if lengths or _DIGITS.fullmatch(size) is None:
        raise Fault("sent an unusable Content-Length", code="protocol")
    whole = int(size) <= max_bytes
    source.pour(int(size) if whole else _excess(max_bytes, cut=cut), into)
    return whole


def _excess(max_bytes: int, *, cut: bool) -> int:
    """Return how much of a body that is too long is wanted."""
    if not cut:
        raise Fault(f"answered more than {max_bytes} bytes", code="size")
    return min(max_bytes, KEPT_BYTES)


def _chunked(
    source: ReceiveBuffer,
    headers: Mapping[str, str],
    max_bytes: int,
    into: bytearray,
    *,
    cut: bool,
) -> bool:
    if headers["transfer-encoding"].lower() != "chunked":
        raise Fault("sent an unknown Transfer-Encoding", code="protocol")
    while size := _chunk_size(source):
        if len(into) + size > max_bytes:
            source.pour(max(0, _excess(max_bytes, cut=cut) - len(into)), into)
            return False
        source.pour(size, into)
        if source.line("a chunk") not in (b"\r", b""):
            raise Fault("sent a chunk without an end", code="protocol")
    _skip_trailers(source)
    # With both framings a middle box may have seen another end than we did.
    return "content-length" not in headers


def _chunk_size(source: ReceiveBuffer) -> int:
    size = _CHUNK.fullmatch(source.line("a chunk header"))
    if size is None:
        raise Fault("sent an unreadable chunk size", code="protocol")
    return int(size[1], 16)


def _skip_trailers(source: ReceiveBuffer) -> None:
    for _ in range(_TRAILERS):
        if source.line("a trailer") in (b"\r", b""):
            return
    raise Fault("sent endless trailers", code="protocol")


def _until_close(
    source: ReceiveBuffer, max_bytes: int, into: bytearray, *, cut: bool
) -> bool:
    while len(into) + len(source.buffer) <= max_bytes:
        into += source.take(len(source.buffer))
        if not source.fill():
            return False
    source.pour(max(0, _excess(max_bytes, cut=cut) - len(into)), into)
    return False


#: What a caller cannot do without: a whole body of a 2xx, or the status alone.
Needs = Literal["body", "status"]

#: How the rest of an answer may break once its status is known.
_BREAKS: Final = (Fault, OSError)


@dataclass(slots=True)
class Response:
    """One answer, read to its end or as far as it came.

    Attributes:
        status: the final status, never 1xx.
        headers: by lower-case name; repeated ones joined with a comma.
        data: the body as sent; of one that is not needed, what came of it.
        reusable: whether the connection stands right behind this answer.
    """

    status: int
    headers: Mapping[str, str]
    data: bytes
    reusable: bool


def read_reply(
    receive: Receive,
    *,
    max_bytes: int,
    needs: Needs,
    hurry: Callable[[], None] = lambda: None,
) -> Response:
    """Read one answer to a GET or POST.

    Args:
        receive: returns up to so many bytes, none at the end of the connection.
        max_bytes: the most bytes of body that are read.
        needs: whether the body of a 2xx must be whole. Of other statuses the rest is
            read as far as it comes: who asks to wait is heard with a broken body too.
        hurry: called when the status is known and the rest can be done without.

    Raises:
        Fault: no whole status line; or a body that is needed is cut short,
            malformed, encoded or too big.
        Exception: what `receive` raised, under the same conditions.
    """
    source = ReceiveBuffer(receive)
    status, is_1_0 = final_status(source)
    good = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    if needs == "body" and good:
        return _whole(source, status, max_bytes, is_1_0=is_1_0)
    hurry()
    answer = _as_it_comes(source, status, max_bytes, is_1_0=is_1_0)
    if needs == "status":
        answer.data = answer.data[:KEPT_BYTES]
    return answer


def _whole(
    source: ReceiveBuffer, status: int, max_bytes: int, *, is_1_0: bool
) -> Response:
    headers = headers_of(header_block(source))
    # Nothing is ever decoded: a body of 492 bytes can unfold to 210 MB.
    if is_encoded(headers) and status != HTTPStatus.NO_CONTENT:
        raise Fault("encoded its answer although asked not to", code="encoding")
    body = bytearray()
    framed = read_body(source, status, headers, max_bytes, body, cut=False)
    reusable = framed and _stays(source, headers, is_1_0=is_1_0)
    return Response(status, headers, bytes(body), reusable)


def _as_it_comes(
    source: ReceiveBuffer, status: int, max_bytes: int, *, is_1_0: bool
) -> Response:
    headers, whole, sound = _headers_as_they_come(source)
    body, reusable = bytearray(), False
    if whole:
        try:
            framed = read_body(source, status, headers, max_bytes, body, cut=True)
            reusable = sound and framed and _stays(source, headers, is_1_0=is_1_0)
        except _BREAKS:
            reusable = False
    readable = b"" if is_encoded(headers) else bytes(body)
    return Response(status, headers, readable, reusable)


def _headers_as_they_come(source: ReceiveBuffer) -> tuple[dict[str, str], bool, bool]:
    """Return what can be read of them, whether they ended, and whether all are fine."""
    try:
        block, whole = header_block(source), True
    except _BREAKS:
        block, whole = bytes(source.buffer), False
    try:
        return headers_of(block), whole, whole
    except Fault:
        return readable_headers(block), whole, False


def _stays(source: ReceiveBuffer, headers: Mapping[str, str], *, is_1_0: bool) -> bool:
    # Bytes behind the answer belong to nobody; such a connection is not trusted.
    if source.buffer:
        return False
    connection = headers.get("connection", "").lower()
    return "keep-alive" in connection if is_1_0 else "close" not in connection
