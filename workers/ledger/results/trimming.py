"""Results as they are kept: which are written, and how long each of them stays."""

from collections.abc import Collection
from dataclasses import dataclass

from serializers.results.result import ResultType
from workers.ledger import keys
from workers.ledger.scripts import Call, Scripts


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


class ResultTrimming:
    """Drops old results; every method raises redis.RedisError.

    Args:
        scripts: on the ledger.
        options: how long results stay.
        partitions: of the ledger.
    """

    def __init__(
        self, scripts: Scripts, options: ResultOptions, partitions: int = 1
    ) -> None:
        self._scripts = scripts
        self._options = options
        self._partitions = partitions

    def trim(self) -> tuple[int, int]:
        """Drop what need not stay.

        Returns:
            How many were dropped, and how many of these a consumer group had not read,
            since it has reached the hard bound.
        """
        options = self._options
        bounds = (options.retention, options.most, options.most_unread)
        roots = map(keys.prefix, range(self._partitions))
        calls = [Call("trim_results", root, bounds) for root in roots]
        answers = self._scripts.run_all(calls)
        dropped, unread = zip(*answers, strict=True)
        return sum(map(int, dropped)), sum(map(int, unread))
