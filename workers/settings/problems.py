"""What is wrong with settings, or unwise about them, in the operator's words."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from serializers.formats.secret_forms import is_quoted
from workers.settings.endpoint import Endpoint, EndpointSecret
from workers.settings.ingram import Ingram
from workers.settings.names import CONFIG, Variable, name_of, nearest
from workers.settings.partners import Deck, LineStatus, Partner, Westcon

Problem = tuple[str, str]
_NOBODY = (
    "is in use: set WAYBILL_WESTCON__CLIENT_ID and what belongs to it,"
    " WAYBILL_DECK__BASE_URL and what belongs to it, or WAYBILL_INGRAM__ENDPOINTS"
)

#: What pydantic says in Python's words, by its name for it.
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
#: The objects inside a variable, the outer one first.
WITHIN: Final[Mapping[tuple[str, ...], tuple[type[BaseModel], ...]]] = {
    ("ingram", "endpoints"): (Endpoint, EndpointSecret),
    ("westcon", "statuses"): (LineStatus,),
}


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
    """Tell what partners in use lack, by raw values, so that no mistake hides one."""
    yield from _lacking("westcon", Westcon, tree)
    yield from _lacking("deck", Deck, tree)
    ingram = _section(tree, "ingram")
    yield from _relay_gaps(ingram)
    used = ingram.get("endpoints") or any(
        _section(tree, name).get(key)
        for name, model in (("westcon", Westcon), ("deck", Deck))
        for key in model.NEEDED
    )
    if not used:
        yield "No partner", _NOBODY


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
    # The value is looked at, and never told.
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
    models = WITHIN.get(variable.path, ())
    model = dict(enumerate(models)).get((depth - len(variable.path)) // 2)
    fields = model.model_fields.items() if model else ()
    return [field.alias or name for name, field in fields]


def _lacking(
    section: str, model: type[Partner], tree: Mapping[str, Any]
) -> Iterator[Problem]:
    values = _section(tree, section)
    given = next((key for key in model.NEEDED if values.get(key)), None)
    for key in model.NEEDED:
        if given and not values.get(key):
            what = model.model_fields[key].description
            rival = name_of((section, given))
            way_out = f"Set it, or unset {rival} if this partner is not used"
            yield name_of((section, key)), f"is missing: {what}. {way_out}"


def _relay_gaps(ingram: Mapping[str, Any]) -> Iterator[Problem]:
    relay = next(
        (
            name
            for name, endpoint in _section(ingram, "endpoints").items()
            if isinstance(endpoint, Mapping)
            and endpoint.get("mode", "relay") == "relay"
        ),
        None,
    )
    why = (
        f"is missing: endpoint {relay} relays through Ingram's API, which asks for"
        " it. Set it, or give the endpoint mode direct"
    )
    for key in Ingram.RELAY_NEEDED:
        if relay is not None and not ingram.get(key):
            yield name_of(("ingram", key)), why


def _section(tree: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = tree.get(name)
    return section if isinstance(section, Mapping) else {}


#: Deliveries that one script writes in about ten milliseconds, in which Redis does
#: nothing else. An order that names none goes to all, with its change in one script.
AT_ONCE = 400


def too_many(endpoints: Collection[str]) -> str:
    """What is to be said of so many endpoints; "" for fewer."""
    if len(endpoints) <= AT_ONCE:
        return ""
    return (
        f"an order that names no endpoints goes to all {len(endpoints)}, written by one"
        f" script, while Redis does nothing else; with more than {AT_ONCE} have every"
        " event name its own (`data.endpoints`)"
    )
