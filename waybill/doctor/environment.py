"""Checks of a worker's environment: variables, open files, endpoints, secrets."""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel, SecretStr

from serializers.formats.secret_forms import is_quoted, oddities
from workers.celery_app import foreign_variables
from workers.celery_app.open_files import open_files
from workers.celery_app.settings import CONCURRENCY
from workers.fields.names import variables
from workers.partners.check import Check, ok, warning, wrong
from workers.partners.ingram.settings import Ingram
from workers.settings.problems import too_many
from workers.settings.settings import Settings
from workers.wiring.partners import destinations_of


def environment_checks(environ: Mapping[str, str]) -> Iterator[Check]:
    """Name variables that libraries would obey, or that hide a setting."""
    name, found = "environment", foreign_variables.foreign(environ)
    for variable in found.ignored:
        message = f"{variable} is {foreign_variables.IGNORED}"
        yield warning(name, message, "unset it here if nothing else needs it")
    for variable in found.hidden:
        message = f"{variable} is {foreign_variables.HIDDEN}"
        yield warning(name, message, foreign_variables.UNHIDE)
    if not found.ignored and not found.hidden:
        more = f"; {found.services} about services" if found.services else ""
        yield ok(name, f"no stranger's variable that would be obeyed{more}")


def open_files_check(settings: Settings) -> Check:
    """Compare the limit of open files here with what a worker here would need."""
    destinations = sum(1 for _ in destinations_of(settings))
    found, name = open_files(CONCURRENCY, destinations), "open files"
    if found.too_few:
        return wrong(name, found.message(), "raise it where the workers are started")
    if found.scarce:
        return warning(name, found.message(), "raise it where the workers are started")
    needed = f"{found.needed} to {found.wanted} for a worker with {CONCURRENCY} threads"
    return ok(name, f"{needed}, of the {max(found.limit, found.most)} allowed here")


def crowd_check(settings: Settings) -> Iterator[Check]:
    """Warn where an order that names no endpoint goes to very many."""
    message, _, advice = too_many(settings.of(Ingram).endpoints).partition("; ")
    if message:
        yield warning("endpoints", message, advice)


def secret_checks(settings: Settings) -> Iterator[Check]:
    """Name what was copied along with a secret or a text; values are not shown."""
    name, sound = "secrets", True
    for variable in variables(Settings):
        value: object = settings
        for part in variable.path:
            value = getattr(value, part)
        for place, text in _texts(value, ""):
            for message, advice in _odd(text):
                sound = False
                yield warning(name, f"{variable.name}{place} {message}", advice)
    if sound:
        yield ok(name, "nothing was copied along with them")


def _odd(text: str | SecretStr) -> Iterator[tuple[str, str]]:
    if isinstance(text, SecretStr):
        for odd in oddities(text.get_secret_value()):
            yield odd.text, odd.now
    elif is_quoted(text):
        yield "stands in quotation marks, which count as part of it", "remove them"


def _texts(value: object, place: str) -> Iterator[tuple[str, str | SecretStr]]:
    """Every text inside a setting, with where it stands."""
    match value:
        case str() | SecretStr():
            yield place and f" ({place})", value
        case BaseModel():
            for name in type(value).model_fields:
                yield from _texts(getattr(value, name), f"{place}.{name}".lstrip("."))
        case Mapping():
            for key, inner in value.items():
                yield from _texts(inner, f"{place}.{key}".lstrip("."))
        case tuple():
            for index, inner in enumerate(value):
                yield from _texts(inner, f"{place}.{index}".lstrip("."))
