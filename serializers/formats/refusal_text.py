"""Text of a refusal, from whatever form its body has.

One partner answers as an application, as the gateway before it and as the framework
below it: JSON with a dozen names for the text (RFC 9457's, OData's, .NET's with its
ModelState), the same as XML, plain text, or a page for browsers.
"""

import html
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml import etree

from serializers.errors import DecodeError
from serializers.formats import lenient_json, xml
from serializers.formats.json_limits import JsonValue
from serializers.formats.lenient_json import text_of

DOCUMENT = "refusal"


#: Bytes that are looked at, texts that are taken, characters that are given.
MAX_BYTES = 65_536
MAX_TEXTS = 20
MAX_LENGTH = 4_096
#: Characters of markup that are looked through for the text between its tags.
MAX_MARKUP = 8_192

#: Members of a refusal inside one another.
MAX_DEPTH = 12

#: A member whose name holds one of these is stated to people, and what it holds too.
_MEANT_FOR_PEOPLE = (
    "message",
    "messaage",
    "description",
    "detail",
    "title",
    "reason",
    "error",
    "exception",
    "fault",
    "state",
    "info",
    "cause",
    "hint",
    "text",
    "warning",
    "fields",
)
#: A member whose name ends so is for programs.
_FOR_PROGRAMS = (
    "code",
    "number",
    "id",
    "type",
    "trace",
    "uri",
    "url",
    "time",
    "timestamp",
    "status",
)
#: Given when there is no text anywhere.
_CODES = ("error", "code", "errorcode", "errornumber", "faultcode", "type")
#: What a list of objects calls the member that each is about.
_NAMES = ("field", "property", "parameter", "path", "pointer", "name")
#: Objects whose members are named after what was sent.
_BY_MEMBER = frozenset({"modelstate", "errors", "validationerrors"})

_LAST_COMMA = re.compile(r",\s*+(?=[\]}])")
_TAG = re.compile(r"<[^<>]*+>")
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


def partner_text(body: bytes) -> str:
    """Give the texts of a body, "" if it has none; any bytes give a text.

    Values that were sent to the partner are left out where the form distinguishes them.

    Returns:
        At most 4,096 characters, neither masked nor made printable.
    """
    text = _decoded(body[:MAX_BYTES]).strip()
    if text.startswith(("{", "[", '"')):
        return _json_text(text)[:MAX_LENGTH]
    joined = _markup_text(text) if text.startswith("<") else text
    return "" if joined == "null" else " ".join(joined[:MAX_LENGTH].split())


def is_page(body: bytes) -> bool:
    """Whether it is plain text or HTML, so nothing that a program would read."""
    text = _decoded(body[:1_024]).strip()
    return not text.startswith(("{", "[", '"', "<")) or _is_html(text)


def _is_html(text: str) -> bool:
    head = text[:1_024].lower()
    return "<html" in head or "<!doctype html" in head


def _decoded(body: bytes) -> str:
    utf_16 = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    return body.decode("utf-16" if utf_16 else "utf-8-sig", errors="replace")


def _json_text(text: str) -> str:
    try:
        value = lenient_json.loads_text(_LAST_COMMA.sub("", text), document=DOCUMENT)
    except DecodeError:
        return text
    return _of_document(value)


def _markup_text(text: str) -> str:
    if _is_html(text):
        return _page_text(text)
    try:
        root = xml.parse(text.encode(), document=DOCUMENT)
    except DecodeError:
        return _bare(text[:MAX_MARKUP])
    return _of_document(_tree(root, MAX_DEPTH))


def _page_text(text: str) -> str:
    """A page's title; else its first heading, else its text."""
    for name in ("title", "h1", "body"):
        start = re.search(rf"<{name}\b[^<>]*+>", text, re.IGNORECASE)
        if start is None:
            continue
        inner = text[start.end() : start.end() + MAX_MARKUP]
        end = re.search(rf"</{name}\b", inner, re.IGNORECASE)
        if joined := _bare(inner[: end.start()] if end else inner):
            return joined
    return ""


def _bare(markup: str) -> str:
    return html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", markup))).strip()


def _tree(element: etree._Element, depth: int) -> JsonValue:
    """An element as JSON would have it, names in lower case, attributes among them."""
    members: dict[str, JsonValue] = {
        str(etree.QName(name).localname).lower(): str(value)
        for name, value in element.attrib.items()
        if not str(name).startswith("{")
    }
    for child in element.iterchildren("*") if depth else ():
        name = etree.QName(child).localname.lower()
        inner = _tree(child, depth - 1)
        known = members.get(name)
        both = [*known, inner] if isinstance(known, list) else [known, inner]
        members[name] = inner if known is None else both
    text = (element.text or "").strip()
    return members or text


def _of_document(value: JsonValue) -> str:
    """Its texts, or its first code where it has none."""
    joined = _joined(_texts(value, MAX_DEPTH))
    return joined or next(_codes(value, MAX_DEPTH), "")


def _codes(value: JsonValue, depth: int) -> Iterator[str]:
    inner: Iterable[JsonValue] = ()
    if isinstance(value, dict) and depth:
        yield from filter(None, (text_of(value.get(name)) for name in _CODES))
        inner = value.values()
    elif isinstance(value, list) and depth:
        inner = value
    for item in inner:
        yield from _codes(item, depth - 1)


def _texts(value: JsonValue, depth: int) -> Iterator[str]:
    """The texts of a document, in its order."""
    match value:
        case dict() if depth:
            yield from _of_members(value, depth)
        case list() if depth:
            for item in value:
                yield from _texts(item, depth - 1)
        case str() if value.strip():
            yield value.strip()


def _of_members(members: dict[str, JsonValue], depth: int) -> Iterator[str]:
    of = next((n for n in _NAMES if text_of(members.get(n))), "")
    others = [item for item in members.items() if item[0] != of]
    texts = [
        t for name, value in others for t in _of_member(name, value, len(others), depth)
    ]
    if not of:
        yield from texts
    else:
        yield ": ".join(filter(None, (text_of(members[of]), ", ".join(texts))))


def _of_member(name: str, value: JsonValue, of: int, depth: int) -> Iterator[str]:
    if (
        isinstance(value, dict)
        and name in _BY_MEMBER
        and not any(map(_is_for_people, value))
    ):
        for inner, errors in value.items():
            yield f"{inner}: {', '.join(_texts(errors, depth - 1))}"
    elif isinstance(value, str) and name == "error" and " " not in value.strip():
        # OAuth's and others' code beside a description.
        return
    elif isinstance(value, list | dict) and of == 1:
        yield from _texts(value, depth - 1)
    elif isinstance(value, str | list | dict) and not name.endswith(_FOR_PROGRAMS):
        yield from _texts(value, depth - 1) if of == 1 or _is_for_people(name) else ()


def _is_for_people(name: str) -> bool:
    return not name.endswith(_FOR_PROGRAMS) and any(
        word in name for word in _MEANT_FOR_PEOPLE
    )


def _joined(texts: Iterator[str]) -> str:
    """The texts, each once; a full stop stands for the mark between two."""
    joined = ""
    for text in dict.fromkeys(islice(texts, MAX_TEXTS)):
        mark = "" if not joined else " " if joined.endswith((".", "!", "?")) else "; "
        joined += mark + text
    return joined
