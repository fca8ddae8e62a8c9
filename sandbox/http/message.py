"""Request and answer of the stand-ins, before they are bytes.

How the answer's bytes really leave, whole or mutilated, is `transmit`'s business.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.http.fault import Fault

JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One request, read to its end; header names are lower-case.

    Attributes:
        path: without the query, still percent-encoded.
        headers: a repeated header's values are joined with ", ".
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a partner reports.

    Attributes:
        facts: what the journal should remember of the request.
        wait: seconds before the first byte leaves.
    """

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A finished request: the answer, and the fault that bends its way out."""

    answer: Answer
    fault: Fault | None


#: Answers a request; a fault that does not apply must leave no effect behind.
Handler = Callable[[Request, Fault | None], Answer]


def json_answer(
    status: int,
    document: object,
    *,
    facts: Mapping[str, object] | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Answer:
    """Answer with a JSON document."""
    body = json.dumps(document, separators=(",", ":")).encode()
    return Answer(status, body, JSON, headers, facts or {})


def read_json(body: bytes) -> Any:
    """Read JSON that anybody may have sent.

    Raises:
        ValueError: it is none, or nests too deeply to be meant well.
    """
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("the JSON nests too deeply") from error


def bearer(request: Request) -> str:
    """Take the bearer token out of a request, or ""."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
