"""Reads the body of an answer in each of HTTP/1.1's framings, within its limit."""

import re
from http import HTTPStatus
from typing import Final

from workers.clients.arriving import Arriving
from workers.clients.faults import Fault

#: What is kept of a body that may be cut.
KEPT_BYTES: Final = 4_096
#: The most lines of trailers behind the last chunk.
_TRAILERS: Final = 100

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?\r?")
_DIGITS = re.compile(r"[0-9]{1,15}")


def read_body(
    source: Arriving, status: int, headers: dict[str, str], max_bytes: int, *, cut: bool
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
    source: Arriving, length: str, max_bytes: int, *, cut: bool
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
    source: Arriving, headers: dict[str, str], max_bytes: int, *, cut: bool
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


def _chunk_size(source: Arriving) -> int:
    size = _CHUNK.fullmatch(source.line())
    if size is None:
        raise Fault("sent an unreadable chunk size", code="protocol")
    return int(size[1], 16)


def _skip_trailers(source: Arriving) -> None:
    for _ in range(_TRAILERS):
        if source.line() in (b"\r", b""):
            return
    raise Fault("sent endless trailers", code="protocol")


def _until_close(source: Arriving, max_bytes: int, *, cut: bool) -> bytes:
    while len(source.buffer) <= max_bytes:
        if not source.fill():
            return source.take(max_bytes)
    return source.take(_excess(max_bytes, cut=cut))
