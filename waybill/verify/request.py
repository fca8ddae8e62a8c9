"""Request reader for `waybill verify`: raw HTTP, or headers and body apart."""

import json
import re

import click

from serializers.signatures.request import Received

_FIRST_LINE = re.compile(r"[A-Z]+ \S+ HTTP/[\d.]+|HTTP/[\d.]+ \d{3}.*")
#: A name with a colon before it is one of HTTP/2's own.
_HEADER = re.compile(r"(?:> )?(:?[!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)", re.ASCII)
#: What `curl -v` prints beside what it sends: notes, the answer, counts of bytes.
_BESIDE = ("* ", "< ", "{ ", "} ")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")


def whole(request: bytes) -> Received:
    """Read a request as it goes over the wire: head, empty line, body.

    Raises:
        click.UsageError: there is no empty line, or a header is none.
    """
    parts = _END_OF_HEAD.split(request, maxsplit=1)
    if len(parts) == 1:
        raise click.UsageError("the request has no empty line between head and body")
    return Received(headers(parts[0]), parts[1])


def headers(text: bytes) -> dict[str, str]:
    """Read headers, one a line or as one JSON object; names come in lower case.

    The first line of a request, what `curl -v` prints, and names as CGI, PHP and
    WSGI spell them (HTTP_X_HUB_SIGNATURE) are understood.

    Raises:
        click.UsageError: a line is no header.
    """
    copied = text.decode(errors="replace").strip()
    if copied.startswith("{"):
        return _joined(_members(copied))
    pairs = []
    for number, line in enumerate(copied.splitlines(), 1):
        found = _HEADER.fullmatch(line)
        if found:
            pairs.append((found[1], found[2]))
        elif not _is_beside(line):
            # The line is not shown: it may hold anything.
            raise click.UsageError(
                f"line {number} of the headers is no header; write `name: text`, one a"
                " line, or one JSON object"
            )
    return _joined(pairs)


def _is_beside(line: str) -> bool:
    bare = line.lstrip("<>* ")
    return line.startswith(_BESIDE) or not bare or bool(_FIRST_LINE.fullmatch(bare))


def _members(text: str) -> list[tuple[str, str]]:
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        raise click.UsageError("the headers begin like JSON and are none") from None
    return [
        (name, str(value))
        for name, values in members.items()
        for value in (values if isinstance(values, list) else [values])
        if value is not None
    ]


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """One text for each name; what came in several lines has blanks between."""
    found: dict[str, str] = {}
    for name, value in pairs:
        lower = name.lower().replace("_", "-").removeprefix("http-")
        found[lower] = f"{found.get(lower, '')} {value.strip()}".strip()
    return found
