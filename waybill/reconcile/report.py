"""Report of a comparison, for people and for programs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click

from serializers.formats.instants import rfc3339
from serializers.reconcile.finding import MEANINGS, Finding, Kind
from serializers.reconcile.plan_file import document
from tasks.reconcile.books import BOOKS, Scope
from waybill.console import moment, plain, print_table
from waybill.reconcile.books.shelves import Shelves
from waybill.reconcile.comparison import Result, findings, left_view

#: Findings of each kind that are shown; a plan and --json have all.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Report:
    """A comparison at its end.

    Attributes:
        warnings: what was noticed of the books' files.
        plan: where the repairs were written, "" for nowhere.
    """

    shelves: Shelves
    result: Result
    scope: Scope
    warnings: Sequence[str]
    plan: str = ""

    def show(self) -> None:
        """Print it for a person."""
        for line in self._lines():
            click.echo(line)

    def _lines(self) -> Iterator[str]:
        absent = [book for book in BOOKS if book not in self.scope.books]
        yield f"compared {self.result.orders} orders"
        if absent:
            yield f"not compared, since they were not given: {', '.join(absent)}"
        yield from (f"left out, {one}" for one in left_view(self.result.left.items()))
        yield from self._unasked()
        if not self.result.found:
            yield "nothing was found"
            return
        yield ""
        rows = [
            (str(self.result.kinds[kind]), kind, MEANINGS[kind])
            for kind in Kind
            if self.result.kinds[kind]
        ]
        print_table(("found", "kind", "what it is"), rows, ("found",))
        for kind in Kind:
            yield from self._of_kind(kind)
        yield ""
        yield self._next()

    def _unasked(self) -> Iterator[str]:
        count = self.result.unasked
        if not count:
            return
        yield f"could not be asked: {count}; the next run asks again"
        for name, one in self.shelves.unasked(SHOWN):
            yield plain(f"  {name}: {one.book}: {one.reports}")
        if count > SHOWN:
            yield f"  and {count - SHOWN} more, see --json"

    def _of_kind(self, kind: Kind) -> Iterator[str]:
        for one in findings(self.shelves, kind, SHOWN):
            yield ""
            yield from shown(one)
        more = self.result.kinds[kind] - SHOWN
        if more > 0:
            yield f"  and {more} more of this kind"

    def _next(self) -> str:
        if self.plan:
            name = plain(self.plan)
            return (
                f"the repairs are in {name}: waybill reconcile apply {name} --dry-run"
            )
        return "write the repairs with --plan FILE; nothing is repaired without one"

    def document(self) -> dict[str, object]:
        """All of it for a program."""
        return {
            "at": rfc3339(self.scope.now_ms),
            "books": [book for book in BOOKS if book in self.scope.books],
            "orders": self.result.orders,
            "found": {kind: self.result.kinds[kind] for kind in Kind},
            "left_out": dict(self.result.left),
            "not_asked": [
                {
                    "order": name,
                    "book": one.book,
                    "why": one.reports,
                    "at_ms": one.at_ms,
                }
                for name, one in self.shelves.unasked()
            ],
            "warnings": list(self.warnings),
            "findings": [document(one) for one in findings(self.shelves)],
        }


def shown(one: Finding) -> Iterator[str]:
    """A finding, its evidence and its repair, fit for a terminal."""
    yield plain(f"{one.order or 'no order'}: {MEANINGS[one.kind]}")
    for stated in one.evidence:
        at = f" ({moment(stated.at_ms)})" if stated.at_ms else ""
        yield plain(f"  {stated.book}{at}: {stated.reports}")
    yield plain(f"  likely cause: {one.cause}")
    yield plain(f"  repair: {act_text(one)}")


def act_text(one: Finding) -> str:
    """What its repair does, in a few words."""
    repair = one.repair
    match repair.act:
        case "publish":
            settles = f", which settles {repair.item}" if repair.item else ""
            return f"publish an event of {repair.order}{settles}"
        case "replay":
            return f"replay {repair.item}"
        case "notify":
            return f"notify {repair.endpoint} of {repair.order} ({repair.event_id})"
        case _:
            return f"{repair.act} {repair.order}"
