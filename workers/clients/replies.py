"""Reads one HTTP/1.1 answer from bytes as they come, within strict bounds.

`http.client` would do, at twice the CPU of the whole POST (its headers go
through the e-mail parser), with a silent short read and without a total
deadline. This reader decides nothing about the network: it is given a function
that receives.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from workers.clients.arriving import HEAD_BYTES, Arriving, Receive
from workers.clients.faults import Fault
from workers.clients.reply_bodies import KEPT_BYTES, read_body

#: The most header lines; `http.client` allows as many.
HEADER_LINES = 100
#: The most interim (1xx) answers before the real one.
INTERIM = 8

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(r"HTTP/1\.([01]) ([1-9][0-9]{2})(?: .*)?\r?")


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
    source = Arriving(receive)
    for _ in range(INTERIM):
        minor, status, headers = _head(source)
        if status >= HTTPStatus.OK:
            return _answer(source, minor, status, headers, max_bytes, cut=cut)
    raise Fault("sent only interim answers", code="protocol")


def _head(source: Arriving) -> tuple[str, int, dict[str, str]]:
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
    source: Arriving,
    minor: str,
    status: int,
    headers: dict[str, str],
    max_bytes: int,
    *,
    cut: bool,
) -> Answer:
    body, framed = read_body(source, status, headers, max_bytes, cut=cut)
    if cut:
        body = body[:KEPT_BYTES]
    connection = headers.get("connection", "").lower()
    stays = "close" not in connection if minor == "1" else "keep-alive" in connection
    # Bytes behind the answer belong to nobody; such a connection is not trusted.
    return Answer(status, headers, body, framed and stays and not source.buffer)
