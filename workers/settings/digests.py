"""Digests of settings, part by part; they distinguish workers that differ.

No secret can be learnt from them: all secrets together make one digest, stretched and
salted, of which too little is kept to distinguish a right guess from a wrong one.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr

from workers.settings.settings import Settings

#: Hex digits that are kept of the secrets' digest: 12 bits.
KEPT = 3
#: What one guess costs: 16 MiB, and some ten milliseconds.
_STRETCH = {"n": 2**14, "r": 8, "p": 1}

#: URLs whose path or query may be a secret of the receiver's.
_SECRET_URLS = frozenset({"target_url"})

#: Settings beside the partners' that decide what is planned and how it is sent.
_TIMES = (
    "lease",
    "deadline",
    "dedup_window",
    "retention",
    "delivered_retention",
    "timeline",
    "unknown_endpoint_after",
    "on_restore",
)


def digests(settings: Settings, salt: str) -> dict[str, str]:
    """A digest for each part, by its name.

    Args:
        settings: all of them.
        salt: of the ledger, the same for all of its workers.
    """
    sections = list(settings.sections.values())
    plain = [_plain(section) for section in sections]
    parts: dict[str, object] = {}
    for section, fields in zip(sections, plain, strict=True):
        for part, names in section.APART.items():
            apart = [fields.pop(name) for name in names]
            parts[part] = apart if len(apart) > 1 else apart[0]
    parts["partners"] = [[section.in_use for section in sections], *plain]
    parts["times"] = {name: getattr(settings, name) for name in _TIMES}
    found = {name: _digest(part) for name, part in parts.items()}
    return found | {"secrets": _of_secrets(settings, salt)}


def _digest(part: object) -> str:
    text = json.dumps(part, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _of_secrets(settings: Settings, salt: str) -> str:
    partners = settings.sections.values()
    secrets = json.dumps([list(_secrets(partner)) for partner in partners])
    stretched = hashlib.scrypt(secrets.encode(), salt=salt.encode(), **_STRETCH)
    return stretched.hex()[:KEPT]


def _plain(value: Any, name: str = "") -> Any:
    """A setting without what is secret; whether there is a secret is none."""
    match value:
        case SecretStr():
            return bool(value.get_secret_value())
        case str() if name in _SECRET_URLS:
            return urlsplit(value).hostname
        case BaseModel():
            return {one: _plain(getattr(value, one), one) for one in _names(value)}
        case Mapping():
            return {str(key): _plain(one) for key, one in value.items()}
        case tuple() | list():
            return [_plain(one) for one in value]
        case _:
            return value


def _secrets(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every secret in a setting, with the name of its field."""
    match value:
        case SecretStr():
            yield name, value.get_secret_value()
        case str() if name in _SECRET_URLS:
            yield name, value
        case BaseModel():
            for one in _names(value):
                yield from _secrets(getattr(value, one), one)
        case Mapping():
            for key in sorted(value):
                yield from _secrets(value[key], str(key))
        case tuple() | list():
            for one in value:
                yield from _secrets(one, name)


def _names(model: BaseModel) -> list[str]:
    return list(type(model).model_fields)
