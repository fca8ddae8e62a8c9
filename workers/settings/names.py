"""How settings are named: `WAYBILL_DECK__API_KEY` is the field `deck.api_key`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
