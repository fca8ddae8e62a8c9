"""Acts on a destination: it is paused, goes on, or has its gate opened for a call."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from waybill.acting import grounds
from waybill.connect import Opened
from waybill.console import span
from waybill.pages.acting.proposal import Done, Proposal, decided
from waybill.pages.reading.destinations import Row, row_named
from waybill.pages.visit import Visit
from workers.ledger.acts.gates import open_gate
from workers.ledger.audit.actor import Actor

#: Does it to the destination of this name; whether that has changed something.
Act = Callable[[Opened, str, Actor], bool]

_PAUSE: Final = (
    "It is sent nothing more until somebody resumes it. What waits for it, and what"
    " comes, is kept; a call under way is finished and recorded."
)
_RESUME: Final = (
    "What waits for it is sent, and what comes, as its gate and rate allow."
)
_GATE: Final = (
    "One call goes to it now, and what that meets decides: answered, all go; failed,"
    " the gate closes anew."
)


def pause(visit: Visit) -> Response:
    """What a pause would keep waiting, then pausing."""
    row = row_of(visit)
    proposal = _proposal(row, f"Pause {row.name}", _PAUSE)
    button = "" if row.paused else "Pause"
    return _decided(visit, replace(proposal, button=button), row, _paused)


def resume(visit: Visit) -> Response:
    """What would be sent, then going on."""
    row = row_of(visit)
    proposal = _proposal(row, f"Resume {row.name}", _RESUME)
    button = "Resume" if row.paused else ""
    return _decided(visit, replace(proposal, button=button), row, _resumed)


def gate(visit: Visit) -> Response:
    """Why the gate is closed, then having one call go."""
    row = row_of(visit)
    proposal = _proposal(row, f"Open the gate of {row.name}", _GATE)
    button = "Open for one call" if row.shut else ""
    return _decided(visit, replace(proposal, button=button), row, _opened)


def row_of(visit: Visit) -> Row:
    """The destination that is named; raises HTTPException where there is none."""
    name = visit.asked("name")
    row = row_named(visit.site, name)
    if row is None:
        raise HTTPException(404, f"there is no destination {name}, or nothing of it")
    return row


def _proposal(row: Row, title: str, note: str) -> Proposal:
    late = f", the oldest for {span(row.overdue)}" if row.overdue >= 1 else ""
    known = row.failure
    failure = f"{known.code}: {known.message}" if known else "none is known"
    facts = (
        ("Destination", row.name),
        ("Stands", f"{row.gate}, {row.why}" if row.why else row.gate),
        ("Waits", f"{row.due:,} items{late}"),
        ("At work", f"{row.leased:,} items"),
        ("Last failure", failure),
    )
    fields = {"name": row.name, "shown": row.gate}
    back = "/destinations"
    return Proposal("destinations", title, "", facts, (note,), fields, back=back)


def _decided(visit: Visit, proposal: Proposal, row: Row, act: Act) -> Response:
    return decided(visit, proposal, "shown", partial(_done, visit, row.name, act))


def _done(visit: Visit, name: str, act: Act, by: Actor) -> Done:
    changed = act(visit.site.ledger, name, by)
    word = "It is done" if changed else "Somebody has done it already"
    return Done(
        section="destinations",
        title=name,
        lines=(f"{word}.",),
        good=changed,
        links=(
            ("/destinations", "Destinations"),
            (f"/audit?run={by.run}", "In the audit"),
        ),
    )


def _paused(ledger: Opened, name: str, by: Actor) -> bool:
    return ledger.parts.endpoints.pause(name, grounds(by), by)


def _resumed(ledger: Opened, name: str, by: Actor) -> bool:
    return ledger.parts.endpoints.resume(name, by)


def _opened(ledger: Opened, name: str, by: Actor) -> bool:
    partitions = ledger.settings.partitions
    return open_gate(ledger.parts.scripts, name, partitions, by) == "opened"
