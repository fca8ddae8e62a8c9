"""Trimming of results: those go that were kept long enough, or are too many."""

from workers.ledger import keys
from workers.ledger.results.options import ResultOptions
from workers.ledger.scripts import Call, Scripts


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
