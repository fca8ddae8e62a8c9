"""Comparison of a poll with the snapshot: transitions, notifications, the next poll."""

from collections.abc import Sequence
from dataclasses import replace

from serializers.formats.text import printable
from serializers.order_record import Line, Order
from serializers.westcon.reply import StatusLine
from tasks.ledger_values import Advance, Claim, Held, Roster
from tasks.outcomes.errors import (
    NotYet,
    PartnerError,
    PermanentError,
    TransientError,
)
from tasks.planning.event_time import seen_moment
from tasks.planning.lines.answer import Row
from tasks.planning.lines.distribution import is_finished
from tasks.planning.notifications import marked, notify
from tasks.planning.occurrences import News, news_of
from tasks.planning.results import of_change
from tasks.planning.rules import PlanRules
from tasks.planning.statuses import NOT_AUTHENTIC
from tasks.polling.attribution import OWN, Others
from tasks.polling.joining import (
    Joined,
    Reading,
    all_finished,
    join_taken,
    read_answer,
)
from tasks.polling.look_notes import look_notes
from tasks.polling.ownership import (
    UNASKED,
    Owners,
    still_assigned,
)
from tasks.polling.pace import is_awaited, look_for_more, next_look, reported_ms
from tasks.polling.waiting import Details

#: Seconds between looks at an order that Westcon does not know yet.
NAO_PAUSE = 900.0

#: How many open lines, or other orders, a dead letter names.
SHOWN = 5
#: Characters of a number that is not ours to bound.
SHOWN_LENGTH = 64


def refusal(
    order: Order,
    answer: Sequence[StatusLine] | Others,
    rules: PlanRules,
    now_ms: int,
    *,
    by_own: bool = False,
) -> PartnerError | None:
    """What "Not Authentic Order", or an answer about others, means for this order.

    A purchase order may stand for several orders of Westcon's; those that it knows
    count, whatever it reports of the others. With `by_own` the order's own were asked
    for by their numbers, and where none is known any more the purchase order is asked
    for next.
    """
    if not isinstance(answer, Others) and not _is_unknown(answer):
        return None
    if by_own:
        what = (
            f"Westcon does not know the orders that order {order.number} had any more"
        )
        return TransientError(what, code="nao")
    since = max(order.seen_ms, order.changed_ms)
    early = now_ms - since < rules.poll.nao_grace * 1000
    if isinstance(answer, Others):
        return _answered_others(order, answer, early=early)
    if early:
        return NotYet(
            f"Westcon does not know order {order.number} yet (NAO)",
            code="nao",
            after=NAO_PAUSE,
        )
    return PermanentError(
        f"Westcon does not know order {order.number} (NAO): check its number, its type "
        "(W or C) and that it was placed with this partner key",
        code="nao",
    )


def _is_unknown(answer: Sequence[StatusLine]) -> bool:
    return all(line.status == NOT_AUTHENTIC for line in answer)


def _answered_others(order: Order, answer: Others, *, early: bool) -> PartnerError:
    """Lines under a similar number are not this order's; a person may know better."""
    own = answer.order_type == OWN
    asked = f"{'order' if own else 'purchase order'} {answer.asked}"
    names = ", ".join(printable(name, SHOWN_LENGTH) for name in answer.names()[:SHOWN])
    what = f"Westcon was asked for {asked} and answered about {names or 'none'}"
    if early:
        return NotYet(
            f"{what}; it may not know order {order.number} yet",
            code="other_order",
            after=NAO_PAUSE,
        )
    return PermanentError(
        f"{what}: nobody is notified of these lines, since they may be those of "
        f"another order; if they are order {order.number}'s, publish its order.placed "
        "again, under a new id, with Westcon's own number or Westcon's spelling",
        code="other_order",
    )


def _order_of(claim: Claim) -> str:
    """The order's name: `watch:westcon:SO-1`, or `order:SO-1` of an older release."""
    kind, _, rest = claim.ref.partition(":")
    return rest.partition(":")[2] if kind == "watch" else rest


def compare(  # noqa: PLR0913 (a pure decision has all that it depends on as arguments)
    claim: Claim,
    held: Held,
    lines: Sequence[StatusLine],
    rules: PlanRules,
    now_ms: int,
    dice: float,
    *,
    asked_ms: int,
    details: Details | None = None,
    kept: bytes = b"",
    reading: Reading | None = None,
    owners: Owners = UNASKED,
) -> Advance | PermanentError:
    """Compare a reply with the snapshot; a watch out of patience is an error.

    Args:
        claim: the watch's claim.
        held: the order as the ledger holds it now.
        lines: Westcon's lines of this order, at least one.
        rules: statuses, endpoints, bounds.
        now_ms: the moment of the look.
        dice: a number in [0, 1) for the next look.
        asked_ms: the moment of the question, by Redis' clock.
        details: what was learnt of the order's parcels, None where nobody asks.
        kept: what the watch keeps of this look, b"" to keep what it has.
        reading: what `read_answer` makes of these, None to have it made here.
        owners: whose orders of Westcon's are that are new, see `sort_out`.
    """
    before = held.order
    if before is None or before.cancelled:
        return Advance(claim, _order_of(claim), held.version, None, None)
    if reading is None:
        reading = read_answer(before, lines, rules, asked_ms, now_ms, owners=owners)
    joined = join_taken(before, reading, rules, now_ms, details)
    news = _SILENCE if before.baseline else news_of(joined.transitions, rules)
    after = _after(before, joined, news, now_ms)
    pause = _pause(before, after, joined, rules, now_ms, dice)
    if isinstance(pause, PermanentError):
        return pause
    if after is before:
        # As most looks end: no record, no notification, no entry of the timeline.
        number, version = before.name, held.version
        return Advance(claim, number, version, None, pause, (), (), "", asked_ms, kept)
    made = Advance(
        claim, before.name, held.version, after, pause, asked_ms=asked_ms, seen=kept
    )
    return _changed(made, before, after, joined, news, held.roster, rules)


#: The first snapshot of an order under baseline is kept without notifying.
_SILENCE = News((), ())


def _changed(  # noqa: PLR0913, PLR0917 (all that a look comes to)
    made: Advance,
    before: Order,
    after: Order,
    joined: Joined,
    news: News,
    roster: Roster,
    rules: PlanRules,
) -> Advance:
    """The advance of an order that is another than before the look."""
    everyone = rules
    # Of 10,000 endpoints an order names a few.
    if after.endpoints is None and not roster.names <= rules.endpoints.keys():
        everyone = replace(rules, everyone=roster.names)
    return Advance(
        made.claim,
        made.number,
        made.version,
        after,
        made.next_look,
        deliveries=notify(after, news, everyone),
        results=of_change(before, after, rules),
        notes=tuple(look_notes(before, joined)),
        roster=roster.version,
        asked_ms=made.asked_ms,
        seen=made.seen,
    )


def _pause(
    before: Order,
    after: Order,
    joined: Joined,
    rules: PlanRules,
    now_ms: int,
    dice: float,
) -> float | PermanentError | None:
    """Seconds until the next look, None where the watch ends."""
    pause = next_look(reported_ms(after), after.changed_ms, now_ms, rules.poll, dice)
    again = joined.taken.again
    if again is not None:
        return min(pause or again, again)
    finished = all_finished(after.lines, rules) and not after.assigned
    if pause is not None and not finished:
        return pause
    # As it was asked for: the answer may have brought a purchase order.
    seen = after
    if after.purchase_order != before.purchase_order:
        seen = after._replace(purchase_order=before.purchase_order)
    if finished and not is_awaited(seen, rules.statuses):
        return look_for_more(seen, now_ms, rules.poll, rules.statuses)
    return pause or _out_of_patience(seen, joined.reading.rows, rules)


def _out_of_patience(
    order: Order, found: Sequence[Row], rules: PlanRules
) -> PermanentError:
    """Name the lines that are open, and those that Westcon no longer reports."""
    reported = {row.key for row in found}
    unfinished = [ln for ln in order.lines if not is_finished(ln, rules.statuses)]
    shown = [
        f"{line.number} ({line.distribution or 'without a status'}"
        f"{'' if line.key in reported else ', no longer reported'})"
        for line in unfinished[:SHOWN]
    ]
    if len(unfinished) > SHOWN:
        shown.append(f"and {len(unfinished) - SHOWN} more")
    awaited = is_awaited(order, rules.statuses)
    less = "; Westcon has placed less of it than was ordered" if awaited else ""
    return PermanentError(
        f"order {order.number} has not changed for "
        f"{rules.poll.patience / 86_400:.0f} days; "
        f"open lines: {', '.join(shown) or 'none known'}{less}; publish its "
        "order.placed again, under a new id, to watch on",
        code="out_of_patience",
    )


def _after(before: Order, joined: Joined, news: News, now_ms: int) -> Order:
    """The order after the look; the very same where nothing of it has changed."""
    moved = any(one.is_progress for one in joined.transitions)
    named = (line.customer_order_number for line in joined.reading.answer.own)
    purchase_order = before.purchase_order or next(filter(None, named), "")
    set_aside, parcels = joined.reading.answer.set_aside, joined.taken.parcels
    # Patience begins now where nobody knows when it began.
    changed_ms = now_ms if moved or not before.changed_ms else before.changed_ms
    baseline = before.baseline and not joined.snapshot
    assigned = still_assigned(before, joined.snapshot, joined.reading.answer)
    aside = _aside(before, joined.snapshot)
    if (
        joined.snapshot == before.lines
        and (purchase_order, set_aside) == (before.purchase_order, before.set_aside)
        and (parcels, assigned, aside)
        == (before.parcels, before.assigned, before.aside)
        and (changed_ms, baseline) == (before.changed_ms, before.baseline)
    ):
        return before
    lines, notified_ms = joined.snapshot, before.notified_ms
    if news.occurrences:
        at_ms = seen_moment(before, [one.line for one in joined.transitions])
        lines, notified_ms = marked(lines, news), max(notified_ms, at_ms)
    return before._replace(
        lines=lines,
        notified_ms=notified_ms,
        purchase_order=purchase_order,
        set_aside=set_aside,
        parcels=parcels,
        assigned=assigned,
        aside=aside,
        changed_ms=changed_ms,
        baseline=baseline,
    )


def _aside(before: Order, snapshot: Sequence[Line]) -> tuple[Line, ...]:
    """The lines set aside that Westcon has not reported again."""
    if not before.aside:
        return ()
    again = {line.key for line in snapshot}
    return tuple(line for line in before.aside if line.key not in again)
