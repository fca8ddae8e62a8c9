"""Problems of settings, and warnings about unwise ones, in the operator's words."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from serializers.formats.secret_forms import is_quoted
from workers.fields.names import CONFIG, Variable, name_of, nearest
from workers.partners import registry

Problem = tuple[str, str]
#: What pydantic puts in Python's words, by its name for it.
WORDS: Final[Mapping[str, str]] = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "dict_type": "must be an object (in TOML a table)",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "is_instance_of": "must be a text",
    "mapping_type": "must be an object (in TOML a table)",
    "model_type": "must be an object (in TOML a table)",
    "string_type": "must be a text",
    "timezone_aware": "must be an instant with an offset, like 2027-01-31T00:00:00Z",
    "tuple_type": 'must be a list, like [1, 2] for numbers and ["a"] for texts',
    **dict.fromkeys(
        (
            "datetime_from_date_parsing",
            "datetime_object_invalid",
            "datetime_parsing",
            "datetime_type",
        ),
        "must be an instant with an offset, like 2027-01-31T00:00:00Z",
    ),
}
_QUOTED: Final = (
    " (it stands in quotation marks, which count as part of it: remove them)"
)


class SettingsError(ValueError):
    """Settings are missing or wrong.

    Attributes:
        problems: one sentence each, beginning with the variable's name; none
            holds a value.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        lines = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"{len(problems)} problem(s) with the settings:{lines}")


def gaps(tree: Mapping[str, Any]) -> Iterator[Problem]:
    """Report what partners in use lack, by raw values: no mistake hides one."""
    used = False
    for spec in registry.PARTNERS:
        values = _section(tree, spec.name)
        yield from spec.settings.gaps(spec.name, values)
        used |= spec.settings.is_given(values)
    if not used:
        yield "No partner", _nobody()


def _nobody() -> str:
    """What puts a partner in use, for each."""
    ways = []
    for spec in registry.PARTNERS:
        first, *others = spec.settings.NEEDED
        more = " and what belongs to it" if others else ""
        ways.append(f"{name_of((spec.name, first))}{more}")
    return f"is in use: set {', '.join(ways[:-1])}, or {ways[-1]}"


def _within(path: tuple[str, ...]) -> tuple[type[BaseModel], ...]:
    """The models of the objects inside a variable, the outer one first."""
    for spec in registry.PARTNERS:
        if path[:1] == (spec.name,):
            within: Mapping[str, tuple[type[BaseModel], ...]] = spec.settings.WITHIN
            return within.get(path[-1], ())
    return ()


def mistakes(error: ValidationError, known: Iterable[Variable]) -> Iterator[Problem]:
    """Turn what pydantic found into sentences, by variable; values stay out."""
    paths = {variable.path: variable for variable in known}
    for detail in error.errors(include_context=False):
        where = tuple(str(part) for part in detail["loc"] if part != "[key]")
        variable = next((v for p, v in paths.items() if where[: len(p)] == p), None)
        if detail["type"] == "default_factory_not_called":
            continue  # it only follows from another mistake
        if detail["type"] == "extra_forbidden":
            yield _unknown(where, variable, paths)
        elif variable is None:
            yield name_of(where), _complaint(detail)
        else:
            inside = ".".join(where[len(variable.path) :])
            at = f"({inside}) " if inside else ""
            yield variable.name, at + _complaint(detail)


def _complaint(detail: ErrorDetails) -> str:
    if detail["type"] == "missing":
        return "is missing"
    # The value is looked at, and never reported.
    text = WORDS.get(detail["type"]) or detail["msg"].removeprefix("Value error, ")
    text = text.replace("Input should", "must", 1)
    given = detail["input"]
    quoted = isinstance(given, str) and is_quoted(given)
    return f"{text}{_QUOTED}" if quoted else text


def _unknown(
    where: tuple[str, ...],
    variable: Variable | None,
    paths: Collection[tuple[str, ...]],
) -> Problem:
    *above, key = where
    near = nearest(key, _keys_below(tuple(above), variable, paths))
    hint = f"; did you mean {'.'.join((*above, near))}?" if near else ""
    name = variable.name if variable else CONFIG
    return name, f"has an unknown key {'.'.join(where)}{hint}"


def _keys_below(
    above: tuple[str, ...],
    variable: Variable | None,
    paths: Collection[tuple[str, ...]],
) -> list[str]:
    """Every key that may stand at a place of the settings."""
    depth = len(above)
    if variable is None:
        return [path[depth] for path in paths if path[:depth] == above]
    # An endpoint is one step below its variable, one of its secrets three.
    models = _within(variable.path)
    model = dict(enumerate(models)).get((depth - len(variable.path)) // 2)
    fields = model.model_fields.items() if model else ()
    return [field.alias or name for name, field in fields]


def _section(tree: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = tree.get(name)
    return section if isinstance(section, Mapping) else {}


#: Deliveries that one script writes in about ten milliseconds, in which Redis does
#: nothing else. An order that names none goes to all, with its change in one script.
AT_ONCE = 400


def too_many(endpoints: Collection[str]) -> str:
    """The warning for so many endpoints; "" for fewer."""
    if len(endpoints) <= AT_ONCE:
        return ""
    return (
        f"an order that names no endpoints goes to all {len(endpoints)}, written by one"
        f" script, while Redis does nothing else; with more than {AT_ONCE} have every"
        " event name its own (`data.endpoints`)"
    )
