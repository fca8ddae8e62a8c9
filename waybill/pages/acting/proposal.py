"""Pages of an act: what it would do, shown before the button; what became of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from waybill.acting import Whose, actor_of
from waybill.pages.visit import Visit
from workers.ledger.audit.actor import Actor

#: Characters of a reason.
LONGEST: Final = 300

_REASON: Final = "A reason is required, since this cannot be undone: write down why."


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an act would do.

    Attributes:
        section: of the navigation.
        title: of the page.
        button: that does it, "" where there is nothing to do.
        facts: names and values.
        notes: sentences.
        fields: that the form repeats, with what stands for what was shown.
        firsts: how many at most the button may do, each with its words.
        again: whether those may be meant that are left out else.
        destroys: whether it cannot be undone, so that a reason is asked for.
        back: the path of the page that it was asked for on.
    """

    section: str
    title: str
    button: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    firsts: tuple[tuple[str, str], ...] = ()
    again: bool = False
    destroys: bool = False
    back: str = "/"

    def page(self, visit: Visit, problem: str = "") -> Response:
        """The page; with what stood in the way, where that was tried."""
        status = HTTPStatus.CONFLICT if problem else HTTPStatus.OK
        return visit.page(
            "act",
            status,
            proposal=self,
            problem=problem,
            why=reason_of(visit),
            first=visit.asked("first", 4),
            again=visit.asked("again") == "yes",
        )


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an act.

    Attributes:
        section: of the navigation.
        title: of the page.
        lines: what was done, and what was not.
        good: whether all that was asked for was done.
        links: paths and words of where to go on.
    """

    section: str
    title: str
    lines: tuple[str, ...]
    good: bool = True
    links: tuple[tuple[str, str], ...] = ()

    def page(self, visit: Visit) -> Response:
        """The page."""
        return visit.page("done", done=self)


def decided(
    visit: Visit, proposal: Proposal, shown: str, act: Callable[[Actor], Done]
) -> Response:
    """Show what would be done; do it where the button of that page was pressed.

    Args:
        visit: of the page, or of its form.
        proposal: what would be done.
        shown: the field by which the form states what was shown.
        act: does it.
    """
    if visit.request.method != "POST":
        return proposal.page(visit)
    if not proposal.button or visit.asked(shown) != proposal.fields[shown]:
        return proposal.page(visit, "It has changed meanwhile: this is how it stands.")
    if proposal.destroys and not reason_of(visit):
        return proposal.page(visit, _REASON)
    return act(actor(visit)).page(visit)


def actor(visit: Visit) -> Actor:
    """Who acts, by the name that they have signed in with."""
    whose = Whose(visit.visitor.name, reason_of(visit))
    return actor_of(visit.site.settings, whose, "console")


def reason_of(visit: Visit) -> str:
    """Why, as it was written."""
    return visit.asked("reason", LONGEST)
