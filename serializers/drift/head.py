"""Status, headers and first bytes of an answer, compared with their contract."""

import codecs
import re
import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from serializers.drift.contract import Contract
from serializers.drift.shape import Kind
from serializers.drift.words import OTHER, shown_name

#: What headers about a rate are called; some of these are read, see `Contract.limits`.
_LIMIT = re.compile(
    r"rate-?limit|throttl|quota|retry|back-?off|-limit\b|\blimit-|burst"
)
_MEDIA = re.compile(r"[a-z]{1,20}/[a-z0-9.+-]{1,60}")
_HTML = (b"<!doctype html", b"<html", b"<head", b"<body")
_GZIP: Final = b"\x1f\x8b"
#: Marks before the first letter.
_MARKS: Final = {
    codecs.BOM_UTF8: "UTF-8 with a mark",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}

#: Kind, path, form.
Found = tuple[Kind, str, str]


def of_head(of: Contract, status: int, headers: Mapping[str, str]) -> tuple[Found, ...]:
    """What is new about status and headers; nearly always nothing.

    Args:
        of: the interface.
        status: of the answer.
        headers: by lower-case name.
    """
    media = headers.get("content-type", "")
    if (
        status in of.statuses
        and (not of.media or not media or media.partition(";")[0] in of.media)
        and "content-encoding" not in headers
        and not _limits(tuple(headers))
    ):
        return ()
    return tuple(_of_head(of, status, headers))


def _of_head(of: Contract, status: int, headers: Mapping[str, str]) -> Iterator[Found]:
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        yield Kind.REDIRECT, "", str(status)
    elif status not in of.statuses:
        yield Kind.HTTP_STATUS, "", str(status)
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if is_success(status) and media and of.media and media not in of.media:
        form = media if _MEDIA.fullmatch(media) else OTHER
        yield Kind.CONTENT_TYPE, "content-type", form
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity"):
        form = encoding if encoding.isalpha() and len(encoding) <= 12 else OTHER  # noqa: PLR2004 - longer is no coding
        yield Kind.ENCODING, "content-encoding", form
    for name in _limits(tuple(headers)):
        if name not in of.limits:
            yield Kind.RATE_LIMIT, shown_name(name), ""


@lru_cache(maxsize=64)
def _limits(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those that look like a rate limit; a partner sends the same names each time."""
    return tuple(filter(_LIMIT.search, names))


def is_success(status: int) -> bool:
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def of_bytes(of: Contract, body: bytes) -> str:
    """How a document is written that is no plain UTF-8 of the contract's, else "".

    A list or a text in an object's place is left to `differences`.
    """
    if body[:1] in (b"{", b"["):
        return ""
    if body.startswith(_GZIP):
        return "gzip in gzip" if _unpacked(body).startswith(_GZIP) else "gzip"
    for mark, name in _MARKS.items():
        if body.startswith(mark):
            return name
    return _of_text(of, body)


def _of_text(of: Contract, body: bytes) -> str:
    text = body[:256].lstrip().lower()
    if not text:
        return "" if of.blank else "nothing"
    if text.startswith(_HTML):
        return "HTML"
    return "" if of.markup or not text.startswith(b"<") else "XML"


def _unpacked(body: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(body[:4_096], 16)
    except zlib.error:
        return b""
