"""Comparison of the collected books: findings, confirmed by the ledger as it is."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from serializers.reconcile.finding import Finding, Kind
from serializers.reconcile.plan_file import line, parsed
from tasks.planning.rules import PlanRules
from tasks.reconcile.books import Scope
from tasks.reconcile.decide import Left, decide
from waybill.progress import Progress
from waybill.reconcile.books.collect import Collector
from waybill.reconcile.books.shelves import PAGE, Shelves


@dataclass(slots=True)
class Result:
    """What a comparison has come to.

    Attributes:
        orders: that were compared.
        kinds: findings of each kind.
        left: orders that were not compared, by reason.
        unasked: questions that a partner could not be asked.
    """

    orders: int = 0
    unasked: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)

    @property
    def found(self) -> int:
        return sum(self.kinds.values())

    @property
    def is_clean(self) -> bool:
        return not self.found and not self.unasked


@dataclass(frozen=True, slots=True)
class Comparison:
    """Goes through all orders, one after the other.

    Attributes:
        shelves: the books.
        rules: statuses, endpoints, partners in use.
        scope: of the comparison.
        progress: hears how far it is.
    """

    shelves: Shelves
    rules: PlanRules
    scope: Scope
    progress: Progress

    def run(self, collector: Collector) -> Result:
        """Compare all, then those once more in which something was found.

        Workers go on while the books are read, so that two of them may be of different
        moments. What was found is compared again with the ledger as it is now; what has
        changed since this run began is in flight.

        Raises:
            redis.RedisError: Redis does not answer.
        """
        result = Result()
        for names in self.shelves.names():
            for name in names:
                self._compare(name, result)
            result.orders += len(names)
            self.progress.count("compared", result.orders)
        suspects = [
            name
            for (name,) in self.shelves.file.all("SELECT DISTINCT name FROM finding")
        ]
        collector.again([name for name in suspects if name])
        collector.letters()
        confirmed = Result(result.orders, left=result.left)
        self.shelves.file.run("DELETE FROM finding")
        for name in suspects:
            self._compare(name, confirmed)
        confirmed.unasked = self.shelves.file.count("SELECT COUNT(*) FROM unasked")
        return confirmed

    def _compare(self, name: str, result: Result) -> None:
        decision = decide(self.shelves.books(name), self.rules, self.scope)
        result.left.update(decision.left)
        result.kinds.update(one.kind for one in decision.findings)
        rows = [(one.kind, name, line(one)) for one in decision.findings]
        if decision.unasked:
            self.shelves.put_unasked(name, decision.unasked)
        if rows:
            statement = "INSERT INTO finding(kind, name, packed) VALUES(?,?,?)"
            self.shelves.file.many(statement, rows)


def findings(
    shelves: Shelves, kind: Kind | None = None, most: int = 0
) -> Iterator[Finding]:
    """The findings, all or the first so many of a kind."""
    n = 0
    while True:
        rows = shelves.file.all(
            "SELECT n, packed FROM finding WHERE ?1 IN ('', kind) AND n > ?2"
            " ORDER BY n LIMIT ?3",
            kind or "",
            n,
            most or PAGE,
        )
        yield from (parsed(packed) for _, packed in rows)
        if most or not rows:
            return
        n = rows[-1][0]


def left_view(left: Iterable[tuple[str, int]]) -> Iterator[str]:
    """Why so many orders were not compared, in words."""
    words = {
        Left.IN_FLIGHT: "in flight: an event waits, or something has just changed",
        Left.OLD: "placed before --since",
        Left.NO_ANSWER: "not known to a partner, or answered with others",
    }
    for reason, count in left:
        yield f"{count} orders: {words[Left(reason)]}"
