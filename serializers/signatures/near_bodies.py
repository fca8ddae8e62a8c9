"""What a body may have been when it was signed, before something rewrote it."""

import codecs
from collections.abc import Iterator

from serializers.errors import DecodeError, EncodeError
from serializers.formats import strict_json
from serializers.ingram import encode
from serializers.signatures.diagnosis import Way
from serializers.signatures.request import Reason

NEWLINE = Reason(
    "trailing_newline",
    "the body was signed with another line break at its end, or with none: editors and"
    " `echo` add one, some readers take it away",
)
MARK = Reason(
    "byte_order_mark", "the body begins with a byte order mark that was not signed"
)
REWRITTEN = Reason(
    "reserialised",
    "the body is the same JSON written anew (blanks, order of members, escapes or"
    " numbers differ): check the bytes as they came, before a framework reads them",
)


def near_bodies(body: bytes) -> list[Way]:
    """The body, then what it may have been; each once."""
    found: dict[bytes, Reason | None] = {body: None}
    for reason, other in _others(body):
        found.setdefault(other, reason)
    return [(reason, other) for other, reason in found.items()]


def _others(body: bytes) -> Iterator[tuple[Reason, bytes]]:
    bare = body.rstrip(b"\r\n")
    for end in (b"", b"\n", b"\r\n"):
        yield NEWLINE, bare + end
    yield MARK, body.removeprefix(codecs.BOM_UTF8)
    for written in _rewritten(body.removeprefix(codecs.BOM_UTF8)):
        yield REWRITTEN, written
        yield REWRITTEN, written + b"\n"


def _rewritten(body: bytes) -> Iterator[bytes]:
    """The JSON as Waybill writes it: in the order given, then in each spelling."""
    try:
        yield strict_json.dumps(strict_json.loads(body, document="body"))
    except (DecodeError, EncodeError):
        return
    for spelling in encode.SPELLINGS:
        try:
            yield encode.encode(encode.decode(body), spelling)
        except (DecodeError, EncodeError):
            return
