"""Correction of a dead letter: it is edited, checked, compared, and sent anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from serializers.errors import DecodeError
from serializers.events.entry import named, names_of
from waybill.dead_letters.editing import ANSWERS, problems, send
from waybill.dead_letters.revision import (
    Draft,
    difference,
    drafted,
    new_ref,
    shown,
    typed,
)
from waybill.dead_letters.view import ANSWERS as FAILED
from waybill.pages.acting.proposal import Done, actor, reason_of
from waybill.pages.reading.dead_letters import letter_of
from waybill.pages.visit import MOST_BYTES, Visit
from workers.ledger.dead_letters import WholeLetter

#: What becomes of an event that was sent.
_READ: Final = (
    "Waybill reads it within seconds; if it is refused again, it is among the refused"
    " events."
)


@dataclass(frozen=True, slots=True)
class Edited:
    """A text that somebody has written in a letter's place.

    Attributes:
        text: as it was written.
        draft: what would be sent of it, None where that cannot be.
        problems: why not.
        difference: the lines that differ.
    """

    text: str
    draft: Draft | None = None
    problems: Sequence[str] = ()
    difference: Sequence[str] = ()

    @property
    def sendable(self) -> bool:
        return self.draft is not None and not self.problems


def correct(visit: Visit) -> Response:
    """The form, then what differs, then sending that."""
    letter = letter_of(visit, visit.asked("id", 1024))
    before = before_of(letter)
    if visit.request.method != "POST":
        return _page(visit, letter, Edited(before))
    edited = edited_of(visit, letter, before, visit.asked("text", MOST_BYTES))
    draft = edited.draft
    if draft is None or not edited.sendable or visit.asked("shown") != draft.id:
        return _page(visit, letter, edited)
    return _sent(visit, letter, draft)


def before_of(letter: WholeLetter) -> str:
    """The letter's content for an editor; raises HTTPException where it has none."""
    try:
        return typed(shown(letter))
    except DecodeError as error:
        raise HTTPException(409, f"it cannot be corrected: {error}") from None


def edited_of(visit: Visit, letter: WholeLetter, before: str, text: str) -> Edited:
    """What somebody has written, checked as it is at the command line."""
    # Blanks between values, whichever: in a text of JSON's none of them may stand.
    text = typed(text.replace("\r\n", "\n").replace("\t", "  "))
    if text.strip() == before.strip():
        return Edited(text, problems=("nothing was changed",))
    try:
        draft = drafted(letter, text)
        found = problems(visit.site.ledger, letter, draft)
    except DecodeError as error:
        return Edited(text, problems=(str(error),))
    return Edited(text, draft, found, compared(before, typed(draft.text)))


def compared(before: str, after: str) -> list[str]:
    """The lines that differ, without what only a program reads of a difference."""
    _, _, *lines = difference(before, after) or ("", "")
    kept = ["…" if line.startswith("@@") else line for line in lines]
    return kept[1:] if kept[:1] == ["…"] else kept


def _page(visit: Visit, letter: WholeLetter, edited: Edited) -> Response:
    failed = HTTPStatus.UNPROCESSABLE_ENTITY if edited.problems else HTTPStatus.OK
    return visit.page(
        "correct",
        failed,
        letter=letter,
        edited=edited,
        revision=new_ref(letter, edited.draft) if edited.draft else "",
        earlier=named(letter.fields)[1] if letter.kind == "event" else letter.id,
        why=reason_of(visit),
    )


def _sent(visit: Visit, letter: WholeLetter, draft: Draft) -> Response:
    by = actor(visit)
    word = send(visit.site.ledger, letter, draft, by)
    text = ANSWERS.get(word) or FAILED.get(word, word)
    is_event, lines = letter.kind == "event", [f"{new_ref(letter, draft)}: {text}."]
    links = [(f"/audit?run={by.run}", "In the audit")]
    if is_event and word == "revised":
        lines.append(_READ)
    if is_event and word in ANSWERS:
        links.insert(0, ("/events", "Refused events"))
    if order := names_of(draft.body)[2] if is_event else letter.order:
        where = f"/order?number={quote(order, safe='')}"
        links.insert(0, (where, f"Order {order}"))
    if visit.visitor.may("discard"):
        at = f"/dead-letters/discard?id={quote(letter.id, safe='')}"
        links.append((at, "Discard the letter"))
    return Done(
        section="events" if is_event else "dead_letters",
        title="Sent" if word in ANSWERS else "Not sent",
        lines=tuple(lines),
        good=word in ANSWERS,
        links=tuple(links),
    ).page(visit)
