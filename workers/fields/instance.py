"""Instance of a partner: its account or site of one name, and how that is spoken of."""

from dataclasses import dataclass

from serializers.order import DEFAULT
from tasks.planning.rules import destination_of
from workers.fields.names import name_of


@dataclass(frozen=True, slots=True)
class Instance:
    """One of a partner's accounts or sites.

    Attributes:
        partner: the name of the partner's section.
        kind: what it is, "account" or "site"; the map of the others is called like
            several of them.
        name: `default` for the settings that stand in no map.
    """

    partner: str
    kind: str = ""
    name: str = DEFAULT

    @property
    def destination(self) -> str:
        """Where its work goes: `westcon`, or `westcon/dach`."""
        return destination_of(self.partner, self.name)

    def called(self, title: str) -> str:
        """What people call it: "Westcon", or "Westcon account dach"."""
        return title if self.name == DEFAULT else f"{title} {self.kind} {self.name}"

    def setting(self, field: str) -> str:
        """Name where one of its fields is set."""
        if self.name == DEFAULT:
            return name_of((self.partner, field))
        return f"{field} of {self.name} in {name_of((self.partner, f'{self.kind}s'))}"
