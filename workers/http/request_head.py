"""Encoder of request heads; refuses a header that would break its line."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from tasks.outcomes.errors import PermanentError

#: Token, colon, visible Latin-1 with spaces and tabs. `http.client` would also
#: let NUL and other control characters through.
_LINES = re.compile(
    r"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\t\x20-\x7e\xa0-\xff]*\r\n)*",
)


#: The ports that schemes mean where a URL names none.
DEFAULT_PORTS: Final[Mapping[str, int]] = {"http": 80, "https": 443}


def host_field(url: str) -> str:
    """Return what Host is for a URL: without the port that its scheme has by default.

    Receivers compare it with names, and some sign it; `name:443` is neither.
    """
    parts = urlsplit(url)
    name, _, _ = (parts.hostname or "").partition("%")
    host = f"[{name}]" if ":" in name else name
    port = parts.port
    if port is None or port == DEFAULT_PORTS.get(parts.scheme):
        return host
    return f"{host}:{port}"


def request_head(method: str, target: str, fields: str, own: str, size: int) -> bytes:
    """The bytes before a body of that size.

    Args:
        method: as it is sent.
        target: path and query.
        fields: whole lines, the same in every request of a route.
        own: those of this request.
        size: of the body.
    """
    line = f"{method} {target} HTTP/1.1\r\n"
    length = f"Content-Length: {size}\r\n"
    return f"{line}{fields}{length}{own}\r\n".encode("latin-1")


def field_lines(headers: Mapping[str, str], of_whom: str) -> str:
    r"""Return `Name: value\r\n` for each header.

    Raises:
        PermanentError: a name or value that cannot be sent (CR, LF, NUL, another
            control character, beyond Latin-1); code "header". The message names
            the header, never its value.
    """
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    # A line feed inside a value would look like one more header to the pattern.
    if lines.count("\n") == len(headers) and _LINES.fullmatch(lines):
        return lines
    raise _refusal(headers, of_whom)


def _refusal(headers: Mapping[str, str], of_whom: str) -> PermanentError:
    for name, value in headers.items():
        line = f"{name}: {value}\r\n"
        if line.count("\n") != 1 or not _LINES.fullmatch(line):
            message = f"the header {name!r} for {of_whom} cannot be sent: it holds"
            return PermanentError(f"{message} a forbidden character", code="header")
    raise AssertionError("lines that are fine each are fine together")
