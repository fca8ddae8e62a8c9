"""Splitter of a producer's input into single events: NDJSON or a JSON array."""

import json
from collections.abc import Iterator
from typing import BinaryIO

from serializers.events.batch import Found, elements


def read(source: BinaryIO) -> Iterator[Found]:
    """Yield every event; NDJSON line by line, as it comes in.

    One object that is spread over several lines counts as one event.

    Raises:
        BrokenArrayError: before anything was yielded.
    """
    for number, line in enumerate(source, 1):
        if not line.strip():
            continue
        if line.lstrip().startswith(b"["):
            yield from elements(line + source.read(), number)
        elif _is_whole(line):
            yield Found(number, line.strip())
            yield from _lines(source, number + 1)
        else:
            yield from _document_or_lines(line + source.read(), number)
        return


def _lines(source: Iterator[bytes], first: int) -> Iterator[Found]:
    for number, line in enumerate(source, first):
        if line.strip():
            yield Found(number, line.strip())


def _is_whole(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _document_or_lines(body: bytes, first: int) -> Iterator[Found]:
    if _is_whole(body):
        yield Found(first, body.strip())
    else:
        yield from _lines(iter(body.splitlines(keepends=True)), first)
