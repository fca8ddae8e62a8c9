"""Endpoints as they are written in the settings, each made when it is asked for.

A checked model takes 1.7 KB, its text a tenth of that: a worker may know ten thousand
of them, and asks most of them nothing once it has started.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from workers.partners.ingram.endpoint_settings import Endpoint, EndpointName

#: Ends an endpoint's text, which has no raw one in it, as its name has none.
_END = b"\n"


class WrittenEndpoints(Mapping[str, Endpoint]):
    """Endpoints by name. Two that are asked for by the same name are equal, not one.

    Args:
        written: raw values that make endpoints. None of them is kept: what outlives
            them, small and among them, would keep the memory of all.
    """

    def __init__(self, written: Mapping[str, Any]) -> None:
        lines = (f"{name} {_text(raw)}\n" for name, raw in written.items())
        self._lines = "".join(lines).encode()

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """Where each one's text begins."""
        places, start = {}, 0
        while start < len(self._lines):
            text = self._lines.index(b" ", start) + 1
            places[self._lines[start : text - 1].decode()] = text
            start = self._lines.index(_END, text) + 1
        return places

    def __getitem__(self, name: str) -> Endpoint:
        start = self._places[name]
        text = self._lines[start : self._lines.index(_END, start)]
        return Endpoint.model_validate(json.loads(text))

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return self._lines.count(_END)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __repr__(self) -> str:
        # What is written holds secrets.
        return f"{type(self).__name__}({', '.join(self._places)})"


def written(raw: object, checked: ValidatorFunctionWrapHandler) -> Mapping[str, Any]:
    """Check raw endpoints, and keep what is written of them.

    Raises:
        ValidationError: what is wrong with any of them.
    """
    if not isinstance(raw, Mapping) or _are_made(raw):
        made: Mapping[str, Any] = checked(raw)
        return made
    try:
        for name, one in raw.items():
            # One model at a time is alive.
            checked({name: one})
    except ValidationError:
        # All that is wrong is reported at once.
        checked(raw)
        raise
    return WrittenEndpoints(raw)


def _are_made(raw: Mapping[str, Any]) -> bool:
    """Whether models stand there already, as a test may put them."""
    return any(isinstance(one, Endpoint) for one in raw.values())


def _text(raw: object) -> str:
    return json.dumps(raw, default=_moment, separators=(",", ":"))


def _moment(value: object) -> str:
    """A moment of TOML's; it has no other values that JSON lacks."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


#: Receivers by name, as a setting.
Endpoints = Annotated[Mapping[EndpointName, Endpoint], WrapValidator(written)]
