"""The parcel service's answer, and what a watch keeps of it."""

import json
from dataclasses import dataclass

from serializers.errors import DecodeError

LAST = "arrived"


@dataclass(frozen=True, slots=True)
class Parcel:
    """Where an order's parcel is."""

    stage: str

    @property
    def has_arrived(self) -> bool:
        return self.stage == LAST


def decode_reply(body: bytes) -> Parcel:
    """Read `{"stage": "packed"}`; raises DecodeError."""
    try:
        return Parcel(str(json.loads(body)["stage"]))
    except (ValueError, KeyError, TypeError) as error:
        raise DecodeError("a parcel has no stage") from error


def pack(hint_size: Parcel) -> bytes:
    return hint_size.stage.encode()


def unpack(kept: bytes) -> Parcel | None:
    return Parcel(kept.decode()) if kept else None
