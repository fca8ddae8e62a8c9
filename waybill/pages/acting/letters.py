"""Acts on dead letters: they are sent on their way again, or forgotten."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import quote, urlencode

import redis
from starlette.responses import Response

from serializers.events.entry import named
from waybill.console import moment
from waybill.dead_letters import acts
from waybill.dead_letters.acts import Plan
from waybill.pages.acting.chosen import MOST, Chosen, chosen
from waybill.pages.acting.proposal import Done, Proposal, decided
from waybill.pages.reading.dead_letters import fields_of
from waybill.pages.visit import Visit
from workers.ledger.audit.actor import Actor
from workers.ledger.dead_letters import DeadLetters

#: Of many, so many are sent first by who wants to see what becomes of them.
FEW: Final = 10

#: Does it letter by letter: what became of each.
Act = Callable[[DeadLetters, list[str], Actor], Iterator[str]]

#: What a replay of one does, by its kind.
_SENDS: Final = {
    "notification": "Sends the same notification again, to {to} alone, under the same"
    " id.",
    "link": "Makes the same link at {to} again; nothing else is sent.",
    "watch": "Looks at the order at {to} again, and goes on watching it.",
    "event": "Puts the same event into the stream again, under its own id: where its"
    " content was refused, it is refused again.",
}

#: What became of some, after their number.
_WORDS: Final = {
    "replayed": "on their way again",
    "discarded": "discarded",
    "again": "left as they are: replayed twice before",
    "refused": "left as they are: a newer link of the order waits or was delivered",
    "not_dead": "were on their way already, or have ended",
    "gone": "were gone already",
}
_ONE: Final = _WORDS | {
    "replayed": "is on its way again",
    "discarded": "is discarded",
    "again": "is left as it is: it was replayed twice before",
    "refused": "is left as it is: a newer link of the order waits or was delivered",
    "not_dead": "was on its way already, or has ended",
    "gone": "was gone already",
}


def replay(visit: Visit) -> Response:
    """What a replay would do, then doing it."""
    letters, meant = visit.site.ledger.parts.dead_letters, chosen(visit)
    plan, count = meant.replay(letters), meant.count(letters)
    possible = plan.count - len(plan.superseded)
    proposal = Proposal(
        section="dead_letters",
        title="Replay a dead letter" if meant.letter else "Replay dead letters",
        button="Replay" if possible else "",
        facts=_facts(meant, plan, count),
        notes=(_again(meant, plan), *_notes(plan, count)),
        fields=meant.fields,
        firsts=_firsts(plan.count),
        again=bool(plan.again),
        back=_back(meant),
    )

    again = visit.asked("again") == "yes"

    def act(letters: DeadLetters, ids: list[str], by: Actor) -> Iterator[str]:
        return (one.word for _, one in acts.replay(letters, ids, by, again=again))

    return _decided(visit, proposal, meant, act)


def discard(visit: Visit) -> Response:
    """What a discard would take away, then doing it."""
    letters, meant = visit.site.ledger.parts.dead_letters, chosen(visit)
    plan, count = meant.discard(letters), meant.count(letters)
    proposal = Proposal(
        section="dead_letters",
        title="Discard a dead letter" if meant.letter else "Discard dead letters",
        button="Discard" if plan.count else "",
        facts=_facts(meant, plan, count),
        notes=(_forgotten(meant),),
        fields=meant.fields,
        firsts=_firsts(plan.count),
        destroys=True,
        back=_back(meant),
    )

    def act(letters: DeadLetters, ids: list[str], by: Actor) -> Iterator[str]:
        return (word for _, word in acts.discard(letters, ids, by))

    return _decided(visit, proposal, meant, act)


def _decided(visit: Visit, proposal: Proposal, meant: Chosen, act: Act) -> Response:
    """Show it, or do it with the filters in its entries."""
    filters = meant.facts.get("filters", "")
    return decided(
        visit,
        proposal,
        "until",
        lambda by: _done(visit, meant, act, by.with_facts(filters=filters)),
    )


def _ids(visit: Visit, meant: Chosen) -> list[str]:
    first = visit.asked("first", 4)
    most = int(first) if first.isascii() and first.isdecimal() else MOST
    letters = visit.site.ledger.parts.dead_letters
    return meant.ids(letters, max(1, min(MOST, most)))


def _facts(meant: Chosen, plan: Plan, count: int) -> tuple[tuple[str, str], ...]:
    """What is meant, in the words of `--dry-run`."""
    if letter := meant.letter:
        where = (("To", letter.destination),) if letter.destination else ()
        order = letter.order or named(letter.fields)[2] or "none"
        return (
            ("Letter", letter.id),
            ("Order", order),
            *where,
            ("Given up", moment(letter.at_ms)),
            ("Why", letter.reason),
        )
    shown = f"{plan.count:,}" if plan.count == count else f"{plan.count:,} of {count:,}"
    each = sorted(plan.destinations.items())
    to = ", ".join(f"{n:,} to {name}" for name, n in each if name)
    events = f"{n:,} refused" if (n := plan.destinations.get("", 0)) else ""
    some = (
        ("Letters", shown),
        ("To", to),
        ("Events", events),
        ("Oldest", plan.oldest or "none"),
        ("Chosen by", _by(meant)),
    )
    return tuple(one for one in some if one[1])


def _by(meant: Chosen) -> str:
    return meant.filters.text().rpartition(" older=")[0]


def _again(meant: Chosen, plan: Plan) -> str:
    """What a replay does, in a sentence."""
    if letter := meant.letter:
        return _SENDS[letter.kind].format(to=letter.destination)
    if plan.destinations.keys() == {""}:
        return "Puts each event into the stream again as it is, under its own id."
    return "Sends each again as it is, to its own destination alone, under the same id."


def _forgotten(meant: Chosen) -> str:
    """What a discard does, in a sentence."""
    letter = meant.letter
    if letter is None:
        return "Removes these letters for good: nothing will ever send them."
    if letter.corrected:
        what = "event" if letter.kind == "event" else "delivery"
        return f"Removes this letter for good; the corrected {what} is not affected."
    return "Removes this letter for good: nothing will ever send it."


def _notes(plan: Plan, count: int) -> Iterator[str]:
    if plan.count < count:
        yield f"One page acts on {MOST:,} at most, the oldest ones; then on the next."
    if n := len(plan.superseded):
        yield f"{n:,} would be refused: a newer link waits, or was delivered."
    if n := len(plan.again):
        yield f"{n:,} would be left: replayed twice before. Mend the cause first."


def _firsts(count: int) -> tuple[tuple[str, str], ...]:
    """How many the button may do; one by one where there are few."""
    some = ((str(n), f"The oldest {n}" if n > 1 else "The oldest") for n in (1, FEW))
    fewer = tuple((value, text) for value, text in some if int(value) < count)
    return (("", f"All {count:,}"), *fewer) if fewer else ()


def _back(meant: Chosen) -> str:
    if meant.letter:
        return f"/dead-letter?id={quote(meant.letter.id, safe='')}"
    return f"/dead-letters?{urlencode(fields_of(meant.filters))}"


def _done(visit: Visit, meant: Chosen, act: Act, by: Actor) -> Done:
    """Do it; where Redis fails in the middle, what was done is done."""
    letters = visit.site.ledger.parts.dead_letters
    ids, counts, lines = _ids(visit, meant), Counter[str](), list[str]()
    order = _order_of(letters, ids)
    try:
        for word in act(letters, ids, by):
            counts[word] += 1
    except redis.RedisError:
        lines.append("Redis failed in the middle of it: the audit has what was done.")
    done = [
        f"{n:,} {(_ONE if n == 1 else _WORDS)[word]}." for word, n in counts.items()
    ]
    good = not lines and counts.keys() <= {"replayed", "discarded"}
    return Done(
        section="dead_letters",
        title="Done" if good else "Not all was done",
        lines=(*done, *lines),
        good=good,
        links=(*order, (f"/audit?run={by.run}", "In the audit"), _on(meant)),
    )


def _order_of(letters: DeadLetters, ids: list[str]) -> list[tuple[str, str]]:
    """Where what becomes of a single one shows."""
    found = letters.find(ids[0]) if len(ids) == 1 else None
    if found is None or not found.order:
        return []
    return [(f"/order?number={quote(found.order, safe='')}", f"Order {found.order}")]


def _on(meant: Chosen) -> tuple[str, str]:
    if meant.letter:
        return "/dead-letters", "Dead letters"
    return _back(meant), "What is left of them"
