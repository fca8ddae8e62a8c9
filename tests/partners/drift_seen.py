"""What a client's answers hold beyond the contract: noted, and worked out anew."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from serializers.drift.shape import Kind, Shape
from tests.partners.mutations import Json
from workers.http.client import Reply
from workers.partners.observer import Observer

#: What the types of JSON are called.
TYPES = {
    str: "text",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
    list: "list",
    dict: "object",
}

#: A place, and the type of what stands there.
Structure = set[tuple[str, str]]


@dataclass
class Seen:
    """Takes note of shapes, and of a sample of each."""

    samples: dict[Shape, str] = field(default_factory=dict)
    places: set[str] = field(default_factory=set)

    def note(self, shape: Shape, place: str, sample: Callable[[], str]) -> None:
        self.samples[shape] = sample()
        self.places.add(place)

    @property
    def observer(self) -> Observer:
        return Observer(self.note)

    @property
    def shapes(self) -> set[Shape]:
        return set(self.samples)

    def kinds(self) -> set[Kind]:
        return {shape.kind for shape in self.samples}

    def brief(self) -> set[tuple[str, str, str]]:
        """Kind, path and form of each."""
        return {(one.kind, one.path, one.form) for one in self.samples}


@dataclass
class Answers:
    """An HTTP client that gets this answer, whatever it sends."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def send(self, *_: Any, **__: Any) -> Reply:
        return Reply(self.status, self.headers, self.body, 1.0)


class Given:
    """A token that nobody has to ask for."""

    def token(self) -> str:
        return "T"

    def rejected(self, token: str) -> None:
        """Give the same one again."""


def structure(value: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Every place of a document with its type; names in lower case."""
    yield path, TYPES[type(value)]
    if isinstance(value, dict):
        for name, inner in value.items():
            known = name.lower() or "<name 0>"
            yield from structure(inner, f"{path}.{known}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from structure(inner, f"{path}[]")


def unlisted(
    payload: Json, body: bytes, shapes: set[Shape], taken: Structure
) -> Structure:
    """Places and types that the payload does not have, and that no shape names.

    A shape stands for all that is below it.

    Args:
        payload: as the contract has it.
        body: JSON that can be read.
        shapes: that were noted.
        taken: what the contract takes besides; one with a `*` for its type takes
            anything below it.
    """
    known = set(structure(payload)) | taken
    free = {path for path, type_ in taken if type_ == "*"}
    value = json.loads(body.decode(json.detect_encoding(body), "replace"))
    paths = {shape.path for shape in shapes}
    return {
        (path, type_)
        for path, type_ in structure(value)
        if (path, type_) not in known
        and not any(_is_below(path, one) for one in paths | free)
    }


def _is_below(path: str, of: str) -> bool:
    return path == of or path.startswith((f"{of}.", f"{of}[")) or not of
