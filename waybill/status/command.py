"""`waybill status`: what waits, what is held, and what is wrong."""

from collections.abc import Mapping
from dataclasses import asdict
from itertools import chain, repeat

import click

from waybill.connect import opened
from waybill.console import example, iso, moment, plain, print_json, print_table, span
from waybill.status.differing import Difference, differences
from waybill.status.reasons import closed_why, gate_word, reasons
from waybill.status.served import summary
from waybill.status.snapshot import StatusSnapshot, look
from workers.ledger.identity.heartbeats import Alive
from workers.ledger.views.gates import GateState
from workers.ledger.views.overview import DestinationState

COLUMNS = ("destination", "due", "overdue", "leased", "gate")


@click.command(epilog=example("waybill status", "waybill status --json | jq .reasons"))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def status(environ: Mapping[str, str], /, *, as_json: bool) -> None:
    """Show what waits, what workers hold, and what is not well.

    Overdue is how long the oldest due item has waited past its moment. Of more than a
    hundred destinations, endpoints that have nothing to do are only counted. Exit code
    1, with the reasons, when nobody serves what the settings need, workers of another
    deployment are alive, or workers differ in their settings for half an hour,
    notifications wait for an endpoint that no living worker knows, dead letters wait, a
    destination is closed or disabled, work is five minutes late, a consumer group has
    left nearly as many results unread as are kept, the ledger's mark is missing, or it
    was restored.
    """
    with opened(environ) as ledger:
        seen = look(ledger)
    why = list(reasons(seen))
    if as_json:
        print_json(document(seen, why))
    else:
        _print(seen, why)
    if why:
        raise SystemExit(1)


def document(seen: StatusSnapshot, why: list[str]) -> dict[str, object]:
    """The JSON object of `--json`."""
    found = seen.overview
    return {
        "well": not why,
        "reasons": why,
        "at": iso(found.now_ms),
        "epoch": None if seen.epoch_ms is None else iso(seen.epoch_ms),
        "partitions": seen.partitions,
        "deployment": seen.deployment or None,
        "held": seen.restored.held,
        "restores": [asdict(one) for one in seen.restored.found],
        "destinations": [_entry(one, seen) for one in found.shown],
        "destinations_not_shown": found.not_shown,
        "workers": [_worker(one) for one in seen.workers],
        "differences": [_difference(one) for one in differences(seen.workers)],
        "unknown_endpoints": [
            {"name": name, "waiting": one.count, "at_least": one.at_least}
            for name, one in seen.unknown.items()
        ],
        "dead_letters": found.dead,
        "stream": {
            "length": found.stream,
            "pending": found.pending,
            "unread": found.unread,
            "lost": found.losses.events,
            "lost_accepted": found.losses.accepted,
            "oldest_seconds": found.oldest_event_seconds,
        },
        "results": {
            "length": sum(one.entries for one in found.results),
            "dropped": found.counts.get("results_dropped", 0),
        },
        "counts": {"ambiguous": 0} | found.counts,
    }


def _worker(one: Alive) -> dict[str, object]:
    heartbeat = asdict(one.heartbeat)
    del heartbeat["up_seconds"]
    seen = {"started": iso(one.started_ms), "seen_seconds": one.quiet_ms / 1000}
    return heartbeat | seen


def _difference(one: Difference) -> dict[str, object]:
    return {"part": one.part, "workers": one.groups, "seconds": one.seconds}


def _entry(state: DestinationState, seen: StatusSnapshot) -> dict[str, object]:
    gate = seen.gates.get(state.name, GateState())
    closed = gate.until_ms is not None
    return {
        "name": state.name,
        "configured": state.name in seen.configured,
        "due": state.due,
        "overdue_seconds": max(0.0, state.overdue_seconds),
        "leased": state.leased,
        "parked": state.disabled,
        "parked_why": seen.disabled_why.get(state.name) or None,
        "gate": {
            "open": not closed,
            "until": None if gate.until_ms is None else iso(gate.until_ms),
            "why": closed_why(gate) if closed else None,
            "failures": gate.failures,
        },
    }


def _print(seen: StatusSnapshot, why: list[str]) -> None:
    found, counts = seen.overview, {"ambiguous": 0} | seen.overview.counts
    rows = [_row(state, seen) for state in found.shown]
    print_table(COLUMNS, rows, ("due", "overdue", "leased"), ("gate",))
    if found.not_shown:
        click.echo(f"and {found.not_shown} endpoints that have nothing to do")
    _print_workers(seen)
    mark = "without its mark"
    if seen.epoch_ms is not None:
        mark = f"made {moment(seen.epoch_ms)}"
    click.echo(f"dead letters  {found.dead}")
    waits = f"{found.pending} pending, {found.unread} unread"
    if found.losses.events:
        waits += f", {found.losses.events} lost so far"
    click.echo(f"stream        {found.stream} events, {waits}")
    click.echo(f"results       {sum(one.entries for one in found.results)}")
    click.echo("counts        " + ", ".join(f"{n} {counts[n]}" for n in sorted(counts)))
    if seen.deployment:
        mark += f", of {plain(seen.deployment)}"
    click.echo(f"ledger        {mark}, partitions: {seen.partitions}\n")
    for one in differences(seen.workers):
        if not one.lasts:
            click.echo(f"note: {plain(str(one))}; {one.advice()}")
    for reason in why:
        click.echo(f"not well: {plain(reason)}")
    if not why:
        click.echo("All is well.")


def _print_workers(seen: StatusSnapshot) -> None:
    titles = chain(["workers"], repeat(""))
    lines = list(summary(seen.workers)) or ["none alive"]
    click.echo("")
    for title, line in zip(titles, lines, strict=False):
        click.echo(f"{title:<12}  {plain(line)}")


def _row(state: DestinationState, seen: StatusSnapshot) -> tuple[str, ...]:
    late = span(state.overdue_seconds) if state.overdue_seconds >= 1 else ""
    gate = gate_word(seen.gates.get(state.name, GateState()))
    gate = f"disabled; {gate}" if state.disabled else gate
    name = state.name
    if name not in seen.configured:
        name = f"{name} (not configured)"
    return name, str(state.due), late, str(state.leased), gate
