"""Sources of settings: environment, directory of secrets, TOML file.

The environment counts before the secrets, the secrets before the file; sections
and maps are merged key by key, lists are taken whole. Empty text means not set.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workers.fields.names import CONFIG, PREFIX, SECRETS_DIR, Variable, nearest
from workers.settings.service_variables import hides_setting, is_service_variable

_MARK = "\ufeff"
_MARKED = "begins with a byte-order mark: save it as UTF-8 without one"


@dataclass(frozen=True, slots=True)
class Found:
    """Raw values by section, and what is wrong, as (variable, complaint)."""

    tree: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)

    def complain(self, name: str, complaint: str) -> None:
        self.problems.append((name, complaint))


class RepeatedError(ValueError):
    """An object of the settings has a name twice; the message is the name."""


def read(environ: Mapping[str, str], known: Mapping[str, Variable]) -> Found:
    """Read every source that this environment names.

    Args:
        environ: the environment, and nothing behind it.
        known: every setting by its variable's name.
    """
    found = Found()
    _merge(found.tree, _toml(environ.get(CONFIG, ""), found))
    secrets = dict(_secrets(environ.get(SECRETS_DIR, ""), found))
    for texts in (secrets, _own(environ, known)):
        for name, text in texts.items():
            _take(name, text, known, found)
    return found


def _own(environ: Mapping[str, str], known: Mapping[str, Variable]) -> dict[str, str]:
    """Return the variables that begin like ours and are no platform's."""
    return {
        name: text
        for name, text in environ.items()
        if name.upper().startswith(PREFIX)
        and not is_hidden(name, text, known)
        and (name in known or not is_service_variable(name, text, environ))
    }


def is_hidden(name: str, text: str, known: Mapping[str, Variable]) -> bool:
    """Return whether a platform's variable stands where a setting of ours would.

    A service called `waybill-health` makes `WAYBILL_HEALTH_PORT=tcp://…`; the setting
    then counts as not set.
    """
    return name in known and name.endswith("_PORT") and hides_setting(text)


def _take(name: str, text: str, known: Mapping[str, Variable], found: Found) -> None:
    if name in (CONFIG, SECRETS_DIR):
        return
    variable = known.get(name)
    if variable is None:
        near = nearest(name, known)
        hint = f"; did you mean {near}?" if near else ""
        found.complain(name, f"is no setting{hint}")
        return
    value: Any = _json(variable.name, text, found) if variable.is_json else text
    for key in reversed(variable.path):
        value = {key: value}
    _merge(found.tree, value)


def _json(name: str, text: str, found: Found) -> Any:
    """Read a list or map; what is none stays text, which counts as set."""
    try:
        return json.loads(text, object_pairs_hook=_members) if text else text
    except RepeatedError as error:
        found.complain(name, f"names {error} twice: which one counts cannot be known")
    except ValueError as error:
        where = f" (character {error.pos + 1})" if hasattr(error, "pos") else ""
        found.complain(name, f"must be JSON, and is not{where}")
    except RecursionError:
        found.complain(name, "must be JSON, and is nested too deeply")
    return text


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        raise RepeatedError(next(repr(n) for n in names if names.count(n) > 1))
    return members


def _secrets(folder: str, found: Found) -> Iterator[tuple[str, str]]:
    """Yield what the folder's files named like settings hold."""
    if not folder:
        return
    try:
        files = [path for path in sorted(Path(folder).iterdir()) if path.is_file()]
    except OSError as error:
        found.complain(SECRETS_DIR, f"cannot be read: {error.strerror}")
        return
    seen: dict[str, str] = {}
    for path in files:
        name = path.name.upper()
        if name.startswith(PREFIX):
            if name in seen:
                what = f"is there twice in WAYBILL_SECRETS_DIR, as {seen[name]} and as"
                found.complain(name, f"{what} {path.name}: remove one of them")
            seen[name] = path.name
            yield from _secret(name, path, found)


def _secret(name: str, path: Path, found: Found) -> Iterator[tuple[str, str]]:
    try:
        text = path.read_text("utf-8").rstrip("\r\n")
    except OSError as error:
        found.complain(name, f"its secret cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        found.complain(name, "its secret must be UTF-8 text")
    else:
        if text.startswith(_MARK):
            found.complain(name, f"its file {_MARKED}")
        yield name, text.removeprefix(_MARK)


def _toml(path: str, found: Found) -> dict[str, Any]:
    if not path:
        return {}
    try:
        text = Path(path).read_text("utf-8")
        if text.startswith(_MARK):
            found.complain(CONFIG, f"names a file that {_MARKED}")
        return tomllib.loads(text.removeprefix(_MARK))
    except OSError as error:
        found.complain(CONFIG, f"names a file that cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        found.complain(CONFIG, "names a file that is not UTF-8 text")
    except tomllib.TOMLDecodeError as error:
        # The parser's message may quote the line; its place is enough.
        where = str(error).rpartition("(")[2].rstrip(")")
        found.complain(CONFIG, f"names a file that is not TOML: see {where}")
    return {}


def _merge(into: dict[str, Any], over: Mapping[str, Any]) -> None:
    for key, value in over.items():
        if isinstance(value, dict):
            if not isinstance(into.get(key), dict):
                into[key] = {}
            _merge(into[key], value)
        elif value != "":
            into[key] = value
