"""Reads the body of an answer in each of HTTP/1.1's framings, within its limit."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from workers.http.errors import Fault
from workers.http.receive_buffer import Arriving

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
    source: Arriving,
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
    source: Arriving, length: str, max_bytes: int, into: bytearray, *, cut: bool
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
    source: Arriving,
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


def _chunk_size(source: Arriving) -> int:
    size = _CHUNK.fullmatch(source.line("a chunk header"))
    if size is None:
        raise Fault("sent an unreadable chunk size", code="protocol")
    return int(size[1], 16)


def _skip_trailers(source: Arriving) -> None:
    for _ in range(_TRAILERS):
        if source.line("a trailer") in (b"\r", b""):
            return
    raise Fault("sent endless trailers", code="protocol")


def _until_close(
    source: Arriving, max_bytes: int, into: bytearray, *, cut: bool
) -> bool:
    while len(into) + len(source.buffer) <= max_bytes:
        into += source.take(len(source.buffer))
        if not source.fill():
            return False
    source.pour(max(0, _excess(max_bytes, cut=cut) - len(into)), into)
    return False
