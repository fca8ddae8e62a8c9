"""Settings of a partner with several accounts or sites, by name."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Self

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


class Several(Partner):
    """A partner of which there may be several accounts or sites.

    Those of the map have what they set, and for the rest what the settings beside the
    map have, which are the account or site `default`. Where these lack the field
    `IDENTITY`, they are nothing by themselves, and only what the others share.

    Attributes:
        SECTION: the name of the partner.
        KIND: "account" or "site"; the field with the map is called like several.
        IDENTITY: the field that makes the settings beside the map one of them.
    """

    SECTION: ClassVar[str]
    KIND: ClassVar[str]
    IDENTITY: ClassVar[str]

    _name: str = PrivateAttr(DEFAULT)

    @property
    def others(self) -> Mapping[str, Section]:
        """The map: what each of the others sets."""
        found: Mapping[str, Section] = getattr(self, f"{self.KIND}s")
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
            given = {field: getattr(own, field) for field in type(own).model_fields}
            yield self._named(name, given)

    def by_place(self) -> dict[str, Self]:
        """The same by destination."""
        return {one.instance.destination: one for one in self.each()}

    def _named(self, name: str, given: Mapping[str, Any]) -> Self:
        changes = {field: value for field, value in given.items() if value is not None}
        one = self.model_copy(update={**changes, f"{self.KIND}s": {}})
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
        for name, own in named.items():
            if not isinstance(own, Mapping):
                continue
            for key in cls.NEEDED:
                if not (own.get(key) or values.get(key)):
                    what = f"({name}.{key}) is missing:"
                    what += f" {cls.model_fields[key].description}. Give it to the"
                    what += f" {cls.KIND}, or to all by {name_of((section, key))}"
                    yield name_of((section, f"{cls.KIND}s")), what
