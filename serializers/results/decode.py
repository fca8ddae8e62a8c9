"""Decoder of results, for who shows or filters them."""

import json
from dataclasses import dataclass
from typing import Any

from serializers.errors import DecodeError
from serializers.results.result import PREFIX


@dataclass(frozen=True, slots=True)
class Result:
    """One result.

    Attributes:
        type: without the leading `waybill.`.
        subject: the order, "" for none.
        time: as it is written.
        event: the whole CloudEvent.
    """

    type: str
    subject: str
    time: str
    event: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        found = self.event.get("data")
        return found if isinstance(found, dict) else {}


def decode(body: bytes) -> Result:
    """Read one; a type or a member that is not known is kept.

    Raises:
        DecodeError: it is none.
    """
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        raise DecodeError("a result: not JSON") from None
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        raise DecodeError("a result: not a CloudEvent")
    return Result(
        type=event["type"].removeprefix(PREFIX),
        subject=str(event.get("subject", "")),
        time=str(event.get("time", "")),
        event=event,
    )
