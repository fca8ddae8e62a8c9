"""Names of settings: `WAYBILL_DECK__API_KEY` is the field `deck.api_key`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

PREFIX = "WAYBILL_"
#: Where the other two sources are; both are read from the environment only.
CONFIG = "WAYBILL_CONFIG"
SECRETS_DIR = "WAYBILL_SECRETS_DIR"


def name_of(path: tuple[str, ...]) -> str:
    """Name the variable of a field: `("deck", "api_key")` → `WAYBILL_DECK__API_KEY`."""
    return PREFIX + "__".join(path).upper()


@dataclass(frozen=True, slots=True)
class Variable:
    """One setting as the operator meets it."""

    path: tuple[str, ...]
    field: FieldInfo

    @property
    def name(self) -> str:
        return name_of(self.path)

    @property
    def is_json(self) -> bool:
        """Whether a text source writes it as JSON: lists and maps are."""
        return _holds_several(self.field.annotation)


def variables(
    model: type[BaseModel], above: tuple[str, ...] = ()
) -> Iterator[Variable]:
    """List a model's settings in the order of the code, sections flattened."""
    for name, field in model.model_fields.items():
        path = (*above, name)
        if isinstance(field.annotation, type) and issubclass(
            field.annotation, BaseModel
        ):
            yield from variables(field.annotation, path)
        else:
            yield Variable(path, field)


def _holds_several(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin is None:
        return False
    if isinstance(origin, type) and issubclass(origin, tuple | Mapping):
        return True
    return any(_holds_several(inner) for inner in get_args(annotation))


def nearest(name: str, choices: Iterable[str]) -> str:
    """Find the choice that shares most words with a name, else the nearest spelling.

    A short name is near to anything by its letters alone (`url` to `until`), so that
    words go first. "" when nothing is near.
    """
    folded, known = _folded(name), list(choices)
    words = _words(folded)
    shared = {one: len(words & _words(_folded(one))) for one in known}
    most = max(shared.values(), default=0)
    if most == 0:
        by_spelling = {_folded(one): one for one in known}
        close = get_close_matches(folded, by_spelling, n=1)
        return by_spelling[close[0]] if close else ""
    near = [one for one in known if shared[one] == most]
    return max(
        near, key=lambda one: SequenceMatcher(None, folded, _folded(one)).ratio()
    )


def _folded(name: str) -> str:
    return name.lower().replace("-", "_").removeprefix("waybill_")


def _words(folded: str) -> set[str]:
    return set(folded.split("_")) - {""}
