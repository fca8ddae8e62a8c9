"""Read settings from the environment, a directory of secrets, a TOML file.

The environment counts before the secrets, the secrets before the file; sections
and maps are merged key by key, lists are taken whole. Empty text means not set.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from workers.settings_names import CONFIG, PREFIX, SECRETS_DIR, Variable


@dataclass(frozen=True, slots=True)
class Found:
    """Raw values by section, and what is wrong, as (variable, complaint)."""

    tree: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)

    def complain(self, name: str, complaint: str) -> None:
        self.problems.append((name, complaint))


def read(environ: Mapping[str, str], known: Mapping[str, Variable]) -> Found:
    """Read every source that this environment names.

    Args:
        environ: the environment, and nothing behind it.
        known: every setting by its variable's name.
    """
    found = Found()
    _merge(found.tree, _toml(environ.get(CONFIG, ""), found))
    secrets = dict(_secrets(environ.get(SECRETS_DIR, ""), found))
    named = {k: v for k, v in environ.items() if k.upper().startswith(PREFIX)}
    for texts in (secrets, named):
        for name, text in texts.items():
            _take(name, text, known, found)
    return found


def _take(name: str, text: str, known: Mapping[str, Variable], found: Found) -> None:
    if name in (CONFIG, SECRETS_DIR):
        return
    variable = known.get(name)
    if variable is None:
        near = get_close_matches(name.upper(), known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        found.complain(name, f"is no setting{hint}")
        return
    value: Any = _json(variable.name, text, found) if variable.is_json else text
    for key in reversed(variable.path):
        value = {key: value}
    _merge(found.tree, value)


def _json(name: str, text: str, found: Found) -> Any:
    """Read a list or map; what is none stays text, which counts as set."""
    try:
        return json.loads(text) if text else text
    except ValueError as error:
        where = f" (character {error.pos + 1})" if hasattr(error, "pos") else ""
        found.complain(name, f"must be JSON, and is not{where}")
    except RecursionError:
        found.complain(name, "must be JSON, and is nested too deeply")
    return text


def _secrets(folder: str, found: Found) -> Iterator[tuple[str, str]]:
    """Yield what the folder's files named like settings hold."""
    if not folder:
        return
    try:
        files = [path for path in sorted(Path(folder).iterdir()) if path.is_file()]
    except OSError as error:
        found.complain(SECRETS_DIR, f"cannot be read: {error.strerror}")
        return
    for path in files:
        name = path.name.upper()
        if name.startswith(PREFIX):
            try:
                yield name, path.read_text("utf-8").rstrip("\r\n")
            except OSError as error:
                found.complain(name, f"its secret cannot be read: {error.strerror}")
            except UnicodeDecodeError:
                found.complain(name, "its secret must be UTF-8 text")


def _toml(path: str, found: Found) -> dict[str, Any]:
    if not path:
        return {}
    try:
        return tomllib.loads(Path(path).read_text("utf-8"))
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
