"""What is wrong with settings, all of it, in the operator's words."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from workers.settings_endpoint import Endpoint, EndpointSecret
from workers.settings_ingram import Ingram
from workers.settings_names import Variable, name_of
from workers.settings_partners import Deck, LineStatus, Partner, Westcon

Problem = tuple[str, str]
_NOBODY = (
    "is in use: set WAYBILL_WESTCON__CLIENT_ID and what belongs to it,"
    " WAYBILL_DECK__BASE_URL and what belongs to it, or WAYBILL_INGRAM__ENDPOINTS"
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
    for detail in error.errors(include_input=False, include_context=False):
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
    text = detail["msg"].removeprefix("Value error, ")
    return text.replace("Input should", "must", 1)


def _unknown(
    where: tuple[str, ...],
    variable: Variable | None,
    paths: Mapping[tuple[str, ...], Variable],
) -> Problem:
    dotted = ".".join(where)
    choices = {".".join(path) for path in paths}
    for model in (Endpoint, EndpointSecret, LineStatus):
        fields = (f.alias or name for name, f in model.model_fields.items())
        choices |= (
            {".".join((*where[:-1], name)) for name in fields} if variable else set()
        )
    near = get_close_matches(dotted, choices, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    name = variable.name if variable else "WAYBILL_CONFIG"
    return name, f"has an unknown key {dotted}{hint}"


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
