"""Reports of work that no living worker serves; pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from waybill.console import span
from workers.dispatch.queues import ORDERS, queue_of
from workers.ledger.identity.heartbeats import BEAT_SECONDS, Alive, Heartbeat

#: Ms after which a worker whose name another one has too is taken for its predecessor,
#: which was killed a moment ago: one that lives has reported something since.
QUIET_MS = (BEAT_SECONDS + 2.0) * 1000

#: How many names are shown of workers that do the same.
NAMES = 5

_STUCK = {
    "intake": "Intake",
    "release": "Release",
    "queues": "the loop that takes hints from the queues",
}


def absences(workers: Sequence[Alive], destinations: Iterable[str]) -> Iterator[str]:
    """What nobody does though the destinations need it, and what to do.

    Args:
        workers: that are alive.
        destinations: of the settings; their queues are needed, and the events' own.
    """
    if not workers:
        yield (
            "no worker is alive: no event is read and no partner is called; start one"
            " with `celery -A workers worker`"
        )
        return
    for queue in dict.fromkeys((ORDERS, *map(queue_of, destinations))):
        if absence := queue_absence(workers, queue):
            yield absence
    if not any(one.heartbeat.intake for one in workers):
        yield (
            "no worker runs Intake: new events are not read; start one without"
            " --without-intake: `celery -A workers worker`"
        )
    if not any(one.heartbeat.release for one in workers):
        yield release_absence(workers)
    yield from _troubles(workers)


def strangers(workers: Sequence[Alive], owner: str) -> Iterator[str]:
    """Workers of other deployments than the one whose ledger this is.

    Args:
        workers: that are alive.
        owner: the deployment, "" for a ledger without a name.
    """
    found: defaultdict[str, list[Alive]] = defaultdict(list)
    for one in workers:
        if one.heartbeat.deployment != owner:
            found[one.heartbeat.deployment].append(one)
    for name, bearers in found.items():
        yield (
            f"workers of {name or 'a deployment without a name'} work on the ledger of"
            f" {owner or 'a deployment without a name'}, and each serves the other's"
            f" orders: {places(bearers)}; stop them, then give them a Redis of their"
            " own, or the same WAYBILL_DEPLOYMENT, and check it with `waybill doctor`"
        )


def places(workers: Sequence[Alive]) -> str:
    """Where workers run, the first of them."""
    named = [_place(one.heartbeat) for one in workers[:NAMES]]
    more = [f"{len(workers) - NAMES} more"] if len(workers) > NAMES else []
    return ", ".join([*named, *more])


def queue_absence(workers: Sequence[Alive], queue: str) -> str:
    """That nobody takes hints from a queue, "" when somebody does."""
    if any(queue in one.heartbeat.queues for one in workers):
        return ""
    return (
        f"no worker serves queue {queue}; start one with `celery -A workers worker"
        f" -Q {queue}`, or without -Q"
    )


def release_absence(workers: Sequence[Alive]) -> str:
    """That nobody sends hints for what is due, "" when somebody does."""
    if any(one.heartbeat.release for one in workers):
        return ""
    return (
        "no worker runs Release: what is due, or was lost, is not sent; start one"
        " without --without-release: `celery -A workers worker`"
    )


def obstacles(workers: Sequence[Alive], destination: str) -> Iterator[str]:
    """What keeps the items of one destination waiting, as far as workers go."""
    if not workers:
        yield "no worker is alive"
        return
    yield from filter(
        None,
        (queue_absence(workers, queue_of(destination)), release_absence(workers)),
    )


def _troubles(workers: Sequence[Alive]) -> Iterator[str]:
    for one in workers:
        for what in one.heartbeat.stuck:
            stuck = _STUCK.get(what, what)
            place = _place(one.heartbeat)
            end = f"`kill {one.heartbeat.pid}` on {one.heartbeat.host} ends it"
            yield f"{stuck} of {place} stands still; restart that worker: {end}"
    for name, bearers in _twice(workers).items():
        places = " and ".join(_place(one.heartbeat) for one in bearers)
        yield (
            f"workers that are alive and called {name}: {len(bearers)} ({places});"
            " Celery and Flower take them for one; give each a name of its own with"
            " `celery -A workers worker -n NAME@%h`"
        )


def _twice(workers: Sequence[Alive]) -> dict[str, list[Alive]]:
    found: defaultdict[str, list[Alive]] = defaultdict(list)
    for one in workers:
        if one.quiet_ms <= QUIET_MS:
            found[one.heartbeat.name].append(one)
    return {name: bearers for name, bearers in found.items() if len(bearers) > 1}


def _place(heartbeat: Heartbeat) -> str:
    return f"{heartbeat.name} (process {heartbeat.pid} on {heartbeat.host})"


def releases(workers: Iterable[Alive]) -> dict[str, int]:
    """How many workers run each release."""
    return dict(Counter(one.heartbeat.version for one in workers))


def summary(workers: Sequence[Alive]) -> Iterator[str]:
    """The workers in few lines: those that do the same together."""
    alike: defaultdict[tuple[str, ...], list[Alive]] = defaultdict(list)
    for one in workers:
        alike[_duties(one.heartbeat)].append(one)
    for duties, bearers in alike.items():
        names = [one.heartbeat.name for one in bearers[:NAMES]]
        more = [f"{len(bearers) - NAMES} more"] if len(bearers) > NAMES else []
        up = span(max(one.heartbeat.up_seconds for one in bearers))
        beat = span(max(one.quiet_ms for one in bearers) / 1000)
        times = (f"up {up}", f"heartbeat {beat} ago")
        words = "; ".join([*filter(None, duties), f"on {_hosts(bearers)}", *times])
        yield f"{len(bearers)}: {', '.join([*names, *more])}: {words}"


def _hosts(workers: Sequence[Alive]) -> str:
    hosts = list(dict.fromkeys(one.heartbeat.host for one in workers))
    more = [f"{len(hosts) - NAMES} more"] if len(hosts) > NAMES else []
    return ", ".join([*hosts[:NAMES], *more])


def _duties(heartbeat: Heartbeat) -> tuple[str, ...]:
    steps = [_STUCK[n] for n in ("intake", "release") if getattr(heartbeat, n)]
    stuck = " and ".join(_STUCK.get(what, what) for what in heartbeat.stuck)
    return (
        ", ".join(heartbeat.queues) or "no queue",
        ", ".join(steps),
        f"{heartbeat.threads} threads",
        heartbeat.version,
        f"stuck: {stuck}" if stuck else "",
    )
