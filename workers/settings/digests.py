"""Digests of settings, part by part; they distinguish workers that differ.

No secret can be learnt from them: all secrets together make one digest, stretched and
salted, of which too little is kept to distinguish a right guess from a wrong one.
"""

import hashlib
import hmac
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr

from workers.fields.partner import Partner
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
    parts: dict[str, object] = {}
    for section in sections:
        for part, names in section.APART.items():
            apart = [getattr(section, name) for name in names]
            parts[part] = apart if len(apart) > 1 else apart[0]
    plain = [_plain_fields(section, _apart(section)) for section in sections]
    parts["partners"] = [[section.in_use for section in sections], *plain]
    parts["times"] = {name: getattr(settings, name) for name in _TIMES}
    found = {name: _digest(part) for name, part in parts.items()}
    return found | {"secrets": _of_secrets(settings, salt)}


def _apart(section: Partner) -> frozenset[str]:
    """The fields of a section that have digests of their own."""
    return frozenset(name for names in section.APART.values() for name in names)


def secret_digests(settings: Settings, key: bytes) -> dict[str, str]:
    """A keyed digest of each of the partners' secrets, by its name; none of empty ones.

    Args:
        settings: all of them.
        key: without which nothing can be learnt from a digest.
    """
    return {
        name: hmac.new(key, f"{name}\0{secret}".encode(), "sha256").hexdigest()[:16]
        for section, partner in settings.sections.items()
        for name, secret in _by_place(partner, section)
        if secret
    }


def _by_place(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every secret in a setting, with the place where it stands."""
    match value:
        case SecretStr():
            yield place, value.get_secret_value()
        case str() if place.rpartition(".")[2] in _SECRET_URLS:
            yield place, value
        case BaseModel():
            for one in _names(value):
                yield from _by_place(getattr(value, one), f"{place}.{one}")
        case Mapping():
            for key in sorted(value):
                yield from _by_place(value[key], f"{place}.{key}")
        case tuple() | list():
            for n, one in enumerate(value, 1):
                yield from _by_place(one, f"{place}.{n}")


def _digest(part: object) -> str:
    found = hashlib.sha256()
    for text in _texts(part):
        found.update(text.encode())
    return found.hexdigest()[:16]


def _texts(part: object) -> Iterator[str]:
    """A part without what is secret, as JSON; a map's members one by one.

    There may be ten thousand endpoints: all of them together are never in memory.
    """
    if not isinstance(part, Mapping):
        yield _json(_plain(part))
        return
    yield "{"
    for n, key in enumerate(sorted(part, key=str)):
        before = ", " if n else ""
        yield f"{before}{_json(str(key))}: {_json(_plain(part[key]))}"
    yield "}"


def _json(plain: object) -> str:
    return json.dumps(plain, sort_keys=True, default=str)


def _of_secrets(settings: Settings, salt: str) -> str:
    partners = settings.sections.values()
    text = b", ".join(_secrets_text(partner) for partner in partners)
    stretched = hashlib.scrypt(b"[" + text + b"]", salt=salt.encode(), **_STRETCH)
    return stretched.hex()[:KEPT]


def _secrets_text(partner: Partner) -> bytes:
    """A partner's secrets as a JSON list, written one by one like `_texts`."""
    text = bytearray()
    for name, secret in _secrets(partner):
        text += b", " if text else b""
        text += json.dumps([name, secret]).encode()
    return b"[" + bytes(text) + b"]"


def _plain(value: Any, name: str = "") -> Any:
    """A setting without what is secret; whether there is a secret is none."""
    match value:
        case SecretStr():
            return bool(value.get_secret_value())
        case str() if name in _SECRET_URLS:
            return urlsplit(value).hostname
        case BaseModel():
            return _plain_fields(value)
        case Mapping():
            return {str(key): _plain(one) for key, one in value.items()}
        case tuple() | list():
            return [_plain(one) for one in value]
        case _:
            return value


def _plain_fields(model: BaseModel, without: Collection[str] = ()) -> dict[str, object]:
    names = [one for one in _names(model) if one not in without]
    return {one: _plain(getattr(model, one), one) for one in names}


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
