"""Options of results: which are written, and how long they stay."""

from collections.abc import Collection
from dataclasses import dataclass

from serializers.results.result import ResultType


@dataclass(frozen=True, slots=True)
class ResultOptions:
    """What the settings say of results.

    Attributes:
        types: those that are written.
        deployment: whose results they are, "" without a name.
        retention: ms for which one is kept.
        most: entries of a partition's stream above which the oldest go earlier.
        most_unread: entries up to which those stay that a consumer group has not read.
    """

    types: Collection[ResultType]
    deployment: str
    retention: int
    most: int
    most_unread: int

    @property
    def source(self) -> str:
        """The `source` of every result, a URI."""
        return f"waybill:{self.deployment}" if self.deployment else "waybill"

    def lua(self) -> str:
        """What the scripts know of it, as a table; names hold no quotes."""
        types = ", ".join(f"['{one.value}'] = true" for one in sorted(self.types))
        return f"{{source = '{self.source}', types = {{{types}}}}}"
