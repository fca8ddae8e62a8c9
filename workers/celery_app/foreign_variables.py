"""Environment variables of other applications that Celery's libraries would obey.

Celery reads the broker's URL from `CELERY_BROKER_URL` before its configuration, and
every option of its command line from a variable, so a container that carries another
application's environment would work on that application's queue. Where hints travel
is set by `WAYBILL_BROKER_URL` alone.
"""

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Final

from prometheus_client import values

from workers.fields.names import PREFIX as OURS
from workers.fields.names import variables
from workers.settings.service_variables import hides_setting, is_service_variable
from workers.settings.settings import Settings
from workers.settings.sources import is_hidden

#: Celery's command line reads `CELERY_<COMMAND>_<OPTION>` for every option it has.
PREFIX: Final = "CELERY_"
#: What it reads besides, and what libraries beside it would do something else for.
NAMES: Final = frozenset(
    {
        "BROKER_URL",
        "CONFIG_MODULE",
        "DJANGO_SETTINGS_MODULE",
        "LOADER",
        "PROMETHEUS_MULTIPROC_DIR",
        "RESULT_BACKEND",
        "prometheus_multiproc_dir",
    }
)
#: The option -b and its like hand their values on in these; see `celery.bin.celery`.
_HANDED_ON: Final = {
    "CELERY_BROKER_URL": ("BROKER_URL", "CELERY_BROKER"),
    "CELERY_CONFIG_MODULE": ("CONFIG_MODULE", "CELERY_CONFIG"),
    "CELERY_LOADER": ("LOADER",),
    "CELERY_RESULT_BACKEND": ("RESULT_BACKEND",),
}
IGNORED: Final = "another application's: ignored, since WAYBILL_ settings alone count"
HIDDEN: Final = (
    "made by Kubernetes or Docker for a service of that name: the setting counts as"
    " not set"
)
UNHIDE: Final = "set enableServiceLinks: false in the pod's spec, or rename the service"


@dataclass(frozen=True, slots=True)
class Foreign:
    """What an environment holds that is not ours; names only, never values.

    Attributes:
        ignored: other applications', which Celery or its libraries would obey.
        hidden: settings of ours that a platform's variables stand before.
        services: how many variables about services begin as ours do.
    """

    ignored: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    services: int = 0


def foreign(environ: Mapping[str, str]) -> Foreign:
    """Find what must be ignored, and what is hidden by it."""
    known = {variable.name: variable for variable in variables(Settings)}
    return Foreign(
        tuple(sorted(_ignored(environ))),
        tuple(sorted(n for n, text in environ.items() if is_hidden(n, text, known))),
        sum(
            name.startswith(OURS)
            and name not in known
            and is_service_variable(name, text, environ)
            for name, text in environ.items()
        ),
    )


def put_away(environ: MutableMapping[str, str]) -> None:
    """Take what libraries would obey out of the environment that they read.

    Flower's own variables stay, less those that a service called `flower` makes.
    """
    for name in [name for name in environ if _is_obeyed(name)]:
        del environ[name]
    for name in [name for name in environ if name.startswith("FLOWER_")]:
        if hides_setting(environ[name]):
            del environ[name]
    # Flower has the metrics' library loaded by now, which has read its variable.
    values.ValueClass = values.MutexValue


def _is_obeyed(name: str) -> bool:
    return name.startswith(PREFIX) or name in NAMES


def _ignored(environ: Mapping[str, str]) -> Iterator[str]:
    for name, text in environ.items():
        if _is_obeyed(name):
            # What Celery's command line has copied is named by the name it came by.
            origins = [environ.get(one) for one in _HANDED_ON.get(name, ())]
            if text and text not in origins:
                yield name
