"""Drain: a worker that has finished its hint goes on with what else is due there.

A Celery message costs more CPU than several calls to a quick partner. Under load the
threads therefore stay with a destination for a moment and claim from the ledger
directly; an order that comes alone never waits for that.
"""

from collections.abc import Callable
from dataclasses import replace

from tasks.execution.report import Report
from tasks.ledger_values import Hint
from tasks.services import Services

HintRun = Callable[[Hint, Services], Report]

#: Seconds after which a thread goes back to the queues, so that no destination keeps
#: it from the others.
STAY = 3.0


#: Seconds after which an item that found no thread is due again, at least and at most.
#: In between it is as long as a call takes: then a thread that finishes finds it.
SHORTEST_REST, LONGEST_REST = 0.05, 2.0

#: Seconds for which an item rests, about, whose hint came to a worker that does not
#: know its destination.
PASSED_ON_REST = 1.0


def hand_back(hint: Hint, services: Services, after: float) -> Report:
    """Give back the items of a hint, none of them begun."""
    services.ledger.hand_back(hint, hint.claims, after)
    return Report(handed_back=len(hint.claims))


def rest(hint: Hint, services: Services) -> Report:
    """Leave a hint's items to others: its destination has threads enough here."""
    seconds = services.seconds(hint.destination)
    pause = min(max(seconds, SHORTEST_REST), LONGEST_REST)
    return hand_back(hint, services, pause * (0.5 + services.dice()))


def pass_on(hint: Hint, services: Services) -> Report:
    """Leave a hint to a worker that knows its destination, as this one does not.

    It rests meanwhile, since Release of such a worker sends it to any.
    """
    return hand_back(hint, services, PASSED_ON_REST * (0.5 + services.dice()))


def go_on(run: HintRun, hint: Hint, services: Services) -> Report:
    """Work on a hint, then on what is due at its destination, for a moment.

    Args:
        run: what is done with a hint of this destination.
        hint: the one that came.
        services: the world.
    """
    if services.gates.is_closed(hint.destination) and not hint.run:
        # The hint was on its way when the gate closed; Release asks the gate.
        return hand_back(hint, services, after=0.0)
    until = services.monotonic() + STAY
    report = run(hint, services)
    while report.more_due and services.monotonic() < until and not services.stopping():
        most = services.hint_size(hint.destination)
        claims = services.ledger.claim(hint, most) if most else ()
        if not claims:
            break
        report.add(run(replace(hint, claims=claims, run="", begun=None), services))
    return report
