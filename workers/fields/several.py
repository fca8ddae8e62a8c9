"""Settings of a partner with several accounts or sites, by name."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import PrivateAttr

from serializers.order import DEFAULT
from workers.fields.instance import Instance
from workers.fields.names import name_of
from workers.fields.partner import Partner
from workers.fields.types import Section

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def instance_name(kind: str, *reserved: str) -> Callable[[str], str]:
    """A check of names, which raises ValueError.

    Args:
        kind: "account" or "site".
        reserved: names that mean something else.
    """

    def checked(text: str) -> str:
        if not _NAME.fullmatch(text):
            raise ValueError(
                f"the name of {kind} must be 1 to 64 lower-case letters, digits, - and"
                " _, beginning with a letter or digit"
            )
        if text in reserved:
            raise ValueError(f"{text} cannot be the name of {kind}: it is taken")
        return text

    return checked


class Sharing(Section):
    """One more account or site; None is what the settings beside the map have.

    Attributes:
        shared: what of that says who one is, and is the same.
    """

    shared: tuple[str, ...] = ()


def origin(url: object) -> tuple[str, str, int | None] | None:
    """Scheme, host and port of a URL; None for what is none."""
    try:
        parts = urlsplit(str(url))
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    return parts.scheme, parts.hostname or "", port


class Several(Partner):
    """A partner of which there may be several accounts or sites.

    Those of the map have what they set. What says who one is (`OWN`) they have only by
    their own word, or where they share it by name; for the rest they have what the
    settings beside the map have, which are the account or site `default`. Where these
    lack the field `IDENTITY`, they are nothing by themselves.

    Attributes:
        SECTION: the name of the partner.
        KIND: "account" or "site"; the field with the map is called like several.
        IDENTITY: the field that makes the settings beside the map one of them.
        OWN: the fields that say who one is.
        SENT_TO: the field with the URL to which each secret goes: none is shared with
            one whose URL is elsewhere.
    """

    SECTION: ClassVar[str]
    KIND: ClassVar[str]
    IDENTITY: ClassVar[str]
    OWN: ClassVar[tuple[str, ...]]
    SENT_TO: ClassVar[Mapping[str, str]]

    _name: str = PrivateAttr(DEFAULT)

    @property
    def others(self) -> Mapping[str, Sharing]:
        """The map: what each of the others sets."""
        found: Mapping[str, Sharing] = getattr(self, f"{self.KIND}s")
        return found

    @property
    def in_use(self) -> bool:
        return bool(self.others) or super().in_use

    @property
    def instance(self) -> Instance:
        """Which of them these settings are."""
        return Instance(self.SECTION, self.KIND, self._name)

    @property
    def names(self) -> frozenset[str]:
        """What they are called, `default` among them where there is one."""
        return frozenset(one.instance.name for one in self.each())

    def each(self) -> Iterator[Self]:
        """The settings of each, as if there were no other; none where not in use."""
        if super().in_use and (getattr(self, self.IDENTITY) or not self.others):
            yield self._named(DEFAULT, {})
        for name, own in self.others.items():
            fields = type(self).model_fields
            given = {f: fields[f].default for f in self.OWN if f not in own.shared}
            given |= {
                field: value
                for field in type(own).model_fields
                if field in fields and (value := getattr(own, field)) is not None
            }
            yield self._named(name, given)

    def by_place(self) -> dict[str, Self]:
        """The same by destination."""
        return {one.instance.destination: one for one in self.each()}

    def _named(self, name: str, given: Mapping[str, Any]) -> Self:
        one = self.model_copy(update={**given, f"{self.KIND}s": {}})
        one._name = name  # noqa: SLF001 (a copy of this very class)
        return one

    @classmethod
    def is_given(cls, values: Mapping[str, Any]) -> bool:
        """See `Partner.is_given`."""
        return bool(values.get(f"{cls.KIND}s")) or super().is_given(values)

    @classmethod
    def gaps(cls, section: str, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Name what an account or site lacks; see `Partner.gaps`."""
        others = values.get(f"{cls.KIND}s")
        named = others if isinstance(others, Mapping) else {}
        if not named or values.get(cls.IDENTITY):
            yield from super().gaps(section, values)
        variable = name_of((section, f"{cls.KIND}s"))
        for name, own in named.items():
            if not isinstance(own, Mapping):
                continue
            given = own.get("shared")
            shared = given if isinstance(given, list | tuple) else ()
            for key in cls.NEEDED:
                if not own.get(key):
                    way = cls._way_out(section, key, values, shared=key in shared)
                    if way:
                        what = cls.model_fields[key].description
                        yield variable, f"({name}.{key}) is missing: {what}. {way}"
            for key in shared:
                if key in cls.OWN and (why := cls._contradiction(key, own, values)):
                    yield variable, f"({name}.shared) {why}"

    @classmethod
    def _way_out(
        cls, section: str, key: str, values: Mapping[str, Any], *, shared: bool
    ) -> str:
        """Where a field can be given that one of the map does not set; "" if it has it.

        A name that says who one is is nobody else's without a word.
        """
        beside = name_of((section, key))
        if values.get(key) and (shared or key not in cls.OWN):
            return ""
        if shared:
            return f"It is shared: set {beside}"
        if key not in cls.OWN:
            return f"Give it to the {cls.KIND}, or to all by {beside}"
        return (
            f"Give it to the {cls.KIND}, or, where it is that of {beside}, name it in"
            f' its list `shared`: ["{key}"]'
        )

    @classmethod
    def _contradiction(
        cls, key: str, own: Mapping[str, Any], values: Mapping[str, Any]
    ) -> str:
        """What speaks against sharing a field, or ""."""
        if own.get(key):
            return f"names {key}, which the {cls.KIND} has of its own: leave out one"
        url = cls.SENT_TO.get(key, "")
        if not url or not own.get(url):
            return ""
        beside = values.get(url) or cls.model_fields[url].default
        if origin(own[url]) == origin(beside):
            return ""
        return (
            f"names {key}, which is for another host than the {url} of this"
            f" {cls.KIND}: give it a {key} of its own"
        )
